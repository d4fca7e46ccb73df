import { Tag as TagIcon, Tags } from 'lucide-react';
import { useCatalog, useCreateTag, useTags } from '@/entities/catalog/catalog';
import { tags as tagResource, useDelete, useEdit } from '@/entities/catalog/edits';
import { NamedRow, NewName } from '@/entities/catalog/named-list';
import { UseNote } from '@/entities/catalog/use-note';
import { useMay } from '@/entities/me/use-may';
import { useUsage } from '@/entities/catalog/usage';
import { PageHeader } from '@/components/page-header';
import { Sections } from '@/components/sections';
import { EmptyState, ErrorState } from '@/components/states';
import { SkeletonRows } from '@/components/ui/skeleton';
import { t } from '@/messages/later';

/** Words that entries of any project can share. */
export function TagsPage() {
  const { query, tags } = useTags();
  const usage = useUsage(useCatalog().data);
  const manages = useMay()('manage_tags');
  const create = useCreateTag();
  const edit = useEdit(tagResource);
  const remove = useDelete(tagResource);

  return (
    <>
      <Sections />
      <PageHeader title={t.tags.title} hidden />
      {query.isPending ? (
        <SkeletonRows rows={3} label={t.tags.loading} />
      ) : query.isError && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <>
          {manages && (
            <NewName label={t.tags.newLabel} placeholder={t.tags.new} onCreate={create.mutateAsync} />
          )}
          {tags.length === 0 ? (
            <EmptyState icon={<Tags aria-hidden />} title={t.tags.none}>
              {manages ? t.tags.noneHint : t.may.noTags}
            </EmptyState>
          ) : (
            <ul className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card">
              {tags.map((tag) => (
                <NamedRow
                  key={tag.id}
                  item={tag}
                  fixed={!manages}
                  icon={<TagIcon aria-hidden />}
                  use={<UseNote name={tag.name} use={usage?.tag(tag.id)} search={{ tag: [tag.id] }} />}
                  onRename={(item, name) => edit.mutateAsync({ item, changes: { name } })}
                  onDelete={remove.mutateAsync}
                  deleteNote={t.tags.deleteHint}
                />
              ))}
            </ul>
          )}
        </>
      )}
    </>
  );
}
