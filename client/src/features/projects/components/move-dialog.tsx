import { categories, useEdit } from '@/entities/catalog/edits';
import type { Category, Project } from '@/api/types';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { NativeSelect } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import { useForm } from '@/hooks/use-form';
import { possibleParents, type TreeNode } from '../tree';
import { t } from '@/messages/later';

interface MoveDialogProps {
  project: Project;
  category: Category;
  tree: readonly TreeNode[];
  onClose: () => void;
}

const INDENT = '\u2003';

/** Puts a category, with everything below it, under another one. */
export function MoveDialog({ project, category, tree, onClose }: MoveDialogProps) {
  const edit = useEdit(categories);
  const form = useForm<{ parentCategoryId: string }, Category>({
    keep: `move ${category.id}`,
    item: category,
    toValues: (item) => ({ parentCategoryId: item?.parentCategoryId ?? '' }),
    codes: { category_cycle: 'parentCategoryId', duplicate_category_name: 'parentCategoryId' },
    send: ({ values, seen }) =>
      edit.mutateAsync({
        item: seen ?? category,
        changes: { parentCategoryId: values.parentCategoryId || null },
      }),
    onDone: () => {
      toast.success(t.categories.moved(category.name));
      onClose();
    },
  });
  return (
    <FormDialog
      form={form}
      fields={{
        parentCategoryId: {
          label: t.categories.place,
          format: (id) =>
            id === ''
              ? t.categories.topOf(project.name)
              : possibleParents(tree, category.id).find((node) => node.category.id === id)?.category.name,
        },
      }}
      title={t.categories.moveTitle(category.name)}
      description={t.categories.moveHint}
      submit={t.categories.move}
      disabled={!form.isDirty}
      onClose={onClose}
      className="sm:max-w-md"
    >
      <Field label={t.categories.moveTo} error={form.fieldError('parentCategoryId')}>
        {(field) => (
          <NativeSelect
            {...field}
            value={form.values.parentCategoryId}
            onChange={(event) => form.set({ parentCategoryId: event.currentTarget.value })}
          >
            <option value="">{t.categories.topOf(project.name)}</option>
            {possibleParents(tree, category.id).map((node) => (
              <option key={node.category.id} value={node.category.id}>
                {INDENT.repeat(node.depth + 1)}
                {node.category.name}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
    </FormDialog>
  );
}
