import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { categories, useDelete } from '@/entities/catalog/edits';
import { entryTotalsQuery } from '@/entities/entry/totals';
import type { Category } from '@/api/types';
import { DeleteDialog } from '@/components/delete-dialog';
import { Checkbox } from '@/components/ui/checkbox';
import { toast } from '@/components/ui/toast';
import { flatten, type TreeNode } from '../tree';
import { t } from '@/messages/later';

interface DeleteCategoryProps {
  category: Category;
  /** The categories directly below it. */
  below: readonly TreeNode[];
  onClose: () => void;
}

/** Deletes a category; what is below moves up, or is deleted with it. */
export function DeleteCategory({ category, below, onClose }: DeleteCategoryProps) {
  const [withBelow, setWithBelow] = useState(false);
  const remove = useDelete(categories, withBelow);
  const count = flatten(below).length;
  // Of all members, with all below it: each of their entries keeps it from being deleted.
  const entries = useQuery(entryTotalsQuery({ categoryId: category.id, member: ['all'] })).data?.entries ?? 0;
  const hint = entries > 0 ? t.categories.deleteUsed(entries) : t.categories.deleteLeaf;
  return (
    <DeleteDialog
      name={category.name}
      confirm={t.categories.delete}
      onDelete={() => remove.mutateAsync(category)}
      onDeleted={() => toast.success(t.categories.deleted(category.name))}
      onClose={onClose}
    >
      {count === 0 ? hint : t.categories.deleteHint}
      {count > 0 && (
        <span className="mt-3 flex items-center gap-2.5 text-foreground">
          <Checkbox
            checked={withBelow}
            onCheckedChange={setWithBelow}
            label={t.categories.deleteBelow(count)}
          />
          <span aria-hidden>{t.categories.deleteBelow(count)}</span>
        </span>
      )}
    </DeleteDialog>
  );
}
