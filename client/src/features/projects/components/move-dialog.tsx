import { useState } from 'react';
import { errorMessage } from '@/api/errors';
import type { Category, Project } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import { useEditCategory } from '../api/mutations';
import { possibleParents, type TreeNode } from '../tree';

interface MoveDialogProps {
  project: Project;
  category: Category;
  tree: readonly TreeNode[];
  onClose: () => void;
}

const INDENT = '\u2003';

/** Puts a category, with everything below it, under another one. */
export function MoveDialog({ project, category, tree, onClose }: MoveDialogProps) {
  const edit = useEditCategory();
  const [parentId, setParentId] = useState(category.parentCategoryId ?? '');
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={`Move ${category.name}`}
      description="Everything below it comes along."
      className="sm:max-w-md"
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          edit.mutate(
            { category, changes: { parentCategoryId: parentId === '' ? null : parentId } },
            {
              onSuccess: () => {
                toast.success(`${category.name} moved`);
                onClose();
              },
            },
          );
        }}
      >
        <Field label="Move to" error={edit.error && errorMessage(edit.error)}>
          {(field) => (
            <NativeSelect
              {...field}
              value={parentId}
              onChange={(event) => setParentId(event.currentTarget.value)}
            >
              <option value="">Top of {project.name}</option>
              {possibleParents(tree, category.id).map((node) => (
                <option key={node.category.id} value={node.category.id}>
                  {INDENT.repeat(node.depth + 1)}
                  {node.category.name}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <DialogActions className="mt-1">
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            disabled={edit.isPending || parentId === (category.parentCategoryId ?? '')}
          >
            Move
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
