import { useRef, useState } from 'react';
import { useCreateCategory } from '@/api/catalog';
import { errorMessage, isApiError } from '@/api/errors';
import type { Category, Project } from '@/api/types';
import { ColorPicker } from '@/components/color-picker';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input, Textarea } from '@/components/ui/input';
import { useEditCategory } from '../api/mutations';

interface CategoryDialogProps {
  project: Project;
  /** What is edited; null makes a new one. */
  category: Category | null;
  /** Under which a new one goes; null at the top. */
  parent: Category | null;
  onClose: () => void;
}

const NAME_CODES = ['invalid_category_name', 'duplicate_category_name'];

export function CategoryDialog({ project, category, parent, onClose }: CategoryDialogProps) {
  const create = useCreateCategory();
  const edit = useEditCategory();
  const nameInput = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(category?.name ?? '');
  const [description, setDescription] = useState(category?.description ?? '');
  const [color, setColor] = useState<string | null>(category?.color ?? null);
  const error = create.error ?? edit.error;
  const failure = isApiError(error) ? error : null;
  const nameError =
    failure?.field('name') ?? (failure && NAME_CODES.includes(failure.code) ? failure.message : undefined);

  const save = () => {
    const values = { name: name.trim(), description: description.trim() || null, color };
    if (category) edit.mutate({ category, changes: values }, { onSuccess: onClose });
    else
      create.mutate(
        { projectId: project.id, parentCategoryId: parent?.id ?? null, ...values },
        { onSuccess: onClose },
      );
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={category ? 'Edit category' : parent ? `New category in ${parent.name}` : 'New category'}
      initialFocus={nameInput}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field label="Name" error={nameError}>
          {(field) => (
            <Input
              {...field}
              ref={nameInput}
              required
              maxLength={1_000}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <div className="grid gap-1.5">
          <span className="text-sm font-medium">Colour</span>
          <ColorPicker
            label="Colour"
            value={color}
            onChange={setColor}
            inherit={{ label: "The project's", color: project.color }}
          />
        </div>
        <Field label="Description" error={failure?.field('description')}>
          {(field) => (
            <Textarea
              {...field}
              maxLength={5_000}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
          )}
        </Field>
        {error && !nameError && !failure?.field('description') && (
          <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
            {errorMessage(error)}
          </p>
        )}
        <DialogActions className="mt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={create.isPending || edit.isPending}>
            {category ? 'Save' : 'Create category'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
