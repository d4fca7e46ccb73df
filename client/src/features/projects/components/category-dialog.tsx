import { useRef } from 'react';
import { useCreateCategory } from '@/entities/catalog/catalog';
import { categories, useEdit } from '@/entities/catalog/edits';
import type { Category, Project } from '@/api/types';
import { ColorPicker } from '@/components/color-picker';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, Textarea } from '@/components/ui/input';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/later';

interface CategoryDialogProps {
  project: Project;
  /** What is edited; null makes a new one. */
  category: Category | null;
  /** Under which a new one goes; null at the top. */
  parent: Category | null;
  onClose: () => void;
}

interface Values {
  name: string;
  description: string;
  color: string | null;
}

function valuesOf(category: Category | null): Values {
  return {
    name: category?.name ?? '',
    description: category?.description ?? '',
    color: category?.color ?? null,
  };
}

function trimmed({ name, description, ...others }: Partial<Values>) {
  return {
    ...others,
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(description === undefined ? {} : { description: description.trim() || null }),
  };
}

/** Makes a category or changes one. */
export function CategoryDialog({ project, category, parent, onClose }: CategoryDialogProps) {
  const create = useCreateCategory();
  const edit = useEdit(categories);
  const nameInput = useRef<HTMLInputElement>(null);
  const form = useForm<Values, Category>({
    item: category,
    toValues: valuesOf,
    codes: { invalid_category_name: 'name', duplicate_category_name: 'name' },
    send: ({ values, changed, seen }) =>
      seen
        ? edit.mutateAsync({ item: seen, changes: trimmed(changed) })
        : create.mutateAsync({
            projectId: project.id,
            parentCategoryId: parent?.id ?? null,
            name: values.name.trim(),
            ...trimmed(values),
          }),
    onDone: onClose,
  });
  const { values, set } = form;

  return (
    <FormDialog
      form={form}
      fields={{
        name: { label: t.form.name },
        description: { label: t.form.description },
        color: { label: t.form.colour },
      }}
      title={category ? t.categories.edit : parent ? t.categories.newIn(parent.name) : t.categories.new}
      submit={category ? t.action.save : t.categories.create}
      onClose={onClose}
      initialFocus={nameInput}
    >
      <Field label={t.form.name} error={form.fieldError('name')}>
        {(field) => (
          <Input
            {...field}
            ref={nameInput}
            required
            maxLength={1_000}
            value={values.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <div className="grid gap-1.5">
        <span className="text-sm font-medium">{t.form.colour}</span>
        <ColorPicker
          label={t.form.colour}
          value={values.color}
          onChange={(color) => set({ color })}
          inherit={{ label: t.categories.projectColour, color: project.color }}
        />
      </div>
      <Field label={t.form.description} error={form.fieldError('description')}>
        {(field) => (
          <Textarea
            {...field}
            maxLength={5_000}
            value={values.description}
            onChange={(event) => set({ description: event.currentTarget.value })}
          />
        )}
      </Field>
    </FormDialog>
  );
}
