import { Link } from '@tanstack/react-router';
import { Archive, ArchiveRestore, Building2 } from 'lucide-react';
import { useCatalog, useCreateClient } from '@/entities/catalog/catalog';
import { clients, useDelete, useEdit } from '@/entities/catalog/edits';
import { NamedRow, NewName } from '@/entities/catalog/named-list';
import { UseNote } from '@/entities/catalog/use-note';
import { useMay } from '@/entities/me/use-may';
import { useUsage } from '@/entities/catalog/usage';
import { PageHeader } from '@/components/page-header';
import { Sections } from '@/components/sections';
import { EmptyState, ErrorState } from '@/components/states';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { t } from '@/messages/later';

/** Whom projects are for. */
export function ClientsPage() {
  const { data: catalog, error, refetch } = useCatalog();
  const usage = useUsage(catalog);
  const manages = useMay()('manage_projects');
  const create = useCreateClient();
  const edit = useEdit(clients);
  const remove = useDelete(clients);
  const sorted = [...(catalog?.clients ?? [])].sort((a, b) => Number(a.archived) - Number(b.archived));

  return (
    <>
      <Sections />
      <PageHeader title={t.clients.title} hidden />
      {!catalog && error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !catalog ? (
        <SkeletonRows rows={3} label={t.clients.loading} />
      ) : (
        <>
          {manages && (
            <NewName label={t.clients.newLabel} placeholder={t.clients.new} onCreate={create.mutateAsync} />
          )}
          {sorted.length === 0 ? (
            <EmptyState icon={<Building2 aria-hidden />} title={t.clients.none}>
              {manages ? t.clients.noneHint : t.may.noClients}
            </EmptyState>
          ) : (
            <ul className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card">
              {sorted.map((client) => {
                const count = catalog.projects.filter((project) => project.clientId === client.id).length;
                return (
                  <NamedRow
                    key={client.id}
                    item={client}
                    heading={
                      <Link
                        to="/clients/$clientId"
                        params={{ clientId: client.id }}
                        className="hover:underline"
                      >
                        {client.name}
                      </Link>
                    }
                    fixed={!manages}
                    icon={<Building2 aria-hidden />}
                    note={[client.archived && t.clients.archived, t.clients.projects(count)]
                      .filter(Boolean)
                      .join(' · ')}
                    use={
                      <UseNote
                        name={client.name}
                        use={usage?.client(client.id)}
                        search={{ client: client.id }}
                      />
                    }
                    onRename={(item, name) => edit.mutateAsync({ item, changes: { name } })}
                    onDelete={remove.mutateAsync}
                    deleteNote={t.clients.deleteHint}
                    menu={[
                      {
                        label: client.archived ? t.form.restore : t.form.archive,
                        icon: client.archived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />,
                        onClick: () =>
                          edit.mutate(
                            { item: client, changes: { archived: !client.archived } },
                            { onError: (reason) => toast.error(reason) },
                          ),
                      },
                    ]}
                  />
                );
              })}
            </ul>
          )}
        </>
      )}
    </>
  );
}
