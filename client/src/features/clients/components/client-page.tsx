import { Link } from '@tanstack/react-router';
import { Archive, Building2, ChevronLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { ColorDot } from '@/components/color-dot';
import { PageHeader } from '@/components/page-header';
import { EmptyState, ErrorState } from '@/components/states';
import { buttonVariants } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useCatalog } from '@/entities/catalog/catalog';
import { UseNote } from '@/entities/catalog/use-note';
import { useUsage } from '@/entities/catalog/usage';
import { t } from '@/messages/later';

interface ClientPageProps {
  clientId: string;
  /** What time for the client is worth, for users who see that. */
  money: ReactNode;
}

/** One client. */
export function ClientPage({ clientId, money }: ClientPageProps) {
  const { data: catalog, error, refetch } = useCatalog();
  const usage = useUsage(catalog);
  const client = catalog?.client(clientId);
  if (!catalog && error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!catalog) return <SkeletonRows rows={3} label={t.clients.loading} />;
  if (!client) {
    return (
      <EmptyState
        icon={<Building2 aria-hidden />}
        title={t.clients.notFound}
        action={
          <Link to="/clients" className={buttonVariants()}>
            {t.clients.all}
          </Link>
        }
      >
        {t.clients.notFoundHint}
      </EmptyState>
    );
  }
  const projects = catalog.projects.filter((project) => project.clientId === clientId);
  return (
    <div className="grid max-w-3xl gap-6">
      <div className="-mb-3">
        <PageHeader
          title={client.name}
          heading={<bdi>{client.name}</bdi>}
          above={
            <Link
              to="/clients"
              className="-ml-1 inline-flex items-center text-sm text-muted-foreground hover:text-foreground"
            >
              <ChevronLeft aria-hidden className="size-4" /> {t.clients.title}
            </Link>
          }
        >
          <UseNote name={client.name} use={usage?.client(client.id)} search={{ client: client.id }} />
        </PageHeader>
        {client.archived && (
          <p className="flex items-center gap-2 rounded-xl bg-warning-soft px-4 py-2.5 text-sm text-warning">
            <Archive aria-hidden className="size-4" /> {t.clients.isArchived}
          </p>
        )}
      </div>
      <section aria-labelledby="client-projects">
        <h2 id="client-projects" className="mb-3 font-semibold">
          {t.projects.title}
        </h2>
        {projects.length === 0 ? (
          <p className="text-sm text-muted-foreground">{t.clients.projects(0)}</p>
        ) : (
          <ul className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card">
            {projects.map((project) => (
              <li key={project.id} className="relative flex items-center gap-3 px-4 py-2.5 hover:bg-muted/40">
                <ColorDot color={project.color} className="size-3" />
                <Link
                  to="/projects/$projectId"
                  params={{ projectId: project.id }}
                  className="min-w-0 flex-1 truncate text-sm font-medium after:absolute after:inset-0"
                >
                  <bdi>{project.name}</bdi>
                </Link>
                {project.archived && (
                  <span className="rounded bg-muted px-1.5 py-0.5 text-xs">{t.form.archived}</span>
                )}
                <UseNote
                  name={project.name}
                  use={usage?.project(project.id)}
                  search={{ project: project.id }}
                />
              </li>
            ))}
          </ul>
        )}
      </section>
      {money}
    </div>
  );
}
