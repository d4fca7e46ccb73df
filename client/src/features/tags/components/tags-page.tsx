import { Tag as TagIcon, Tags } from 'lucide-react';
import { useCreateTag, useTags } from '@/entities/catalog/catalog';
import { tags as tagResource, useDelete, useEdit } from '@/entities/catalog/edits';
import { NamedRow, NewName } from '@/entities/catalog/named-list';
import { PageHeader } from '@/components/page-header';
import { EmptyState, ErrorState } from '@/components/states';
import { SkeletonRows } from '@/components/ui/skeleton';

/** Words that entries of any project can share. */
export function TagsPage() {
  const { query, tags } = useTags();
  const create = useCreateTag();
  const edit = useEdit(tagResource);
  const remove = useDelete(tagResource);

  return (
    <>
      <PageHeader title="Tags" />
      {query.isPending ? (
        <SkeletonRows rows={3} label="Loading tags" />
      ) : query.isError && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <>
          <NewName label="Name of a new tag" placeholder="New tag" onCreate={create.mutateAsync} />
          {tags.length === 0 ? (
            <EmptyState icon={<Tags aria-hidden />} title="No tags yet">
              Tags work across projects: meeting, on site, overtime. You can also create them while you track.
            </EmptyState>
          ) : (
            <ul className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card">
              {tags.map((tag) => (
                <NamedRow
                  key={tag.id}
                  item={tag}
                  icon={<TagIcon aria-hidden />}
                  onRename={(item, name) => edit.mutateAsync({ item, changes: { name } })}
                  onDelete={remove.mutateAsync}
                  deleteNote="The tag is removed from all entries. This can't be undone."
                />
              ))}
            </ul>
          )}
        </>
      )}
    </>
  );
}
