import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Archive, ArchiveRestore, Ellipsis, FolderTree, Pencil, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useCatalog, type Catalog } from '@/entities/catalog/catalog';
import { projects, useDelete, useEdit } from '@/entities/catalog/edits';
import type { Project } from '@/api/types';
import { entryTotalsQuery } from '@/entities/entry/totals';
import { useMay } from '@/entities/me/use-may';
import { UseNote } from '@/entities/catalog/use-note';
import { useUsage, type Usage } from '@/entities/catalog/usage';
import { ColorDot } from '@/components/color-dot';
import { DeleteDialog } from '@/components/delete-dialog';
import { PageHeader } from '@/components/page-header';
import { Sections } from '@/components/sections';
import { EmptyState, ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { Segmented } from '@/components/ui/segmented';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { useKeptState } from '@/hooks/use-kept';
import { ProjectDialog } from './project-dialog';
import { t } from '@/messages/later';

interface ProjectsPageProps {
  archived: boolean;
  onArchived: (archived: boolean) => void;
}

export function ProjectsPage({ archived, onArchived }: ProjectsPageProps) {
  const { data: catalog, error, refetch } = useCatalog();
  const usage = useUsage(catalog);
  const manages = useMay()('manage_projects');
  const navigate = useNavigate();
  const [editing, setEditing] = useKeptState<Project | 'new' | null>('edited', null);
  const [deleting, setDeleting] = useState<Project | null>(null);
  const shown = useMemo(
    () => catalog?.projects.filter((project) => project.archived === archived) ?? [],
    [catalog, archived],
  );
  const anyArchived = catalog?.projects.some((project) => project.archived) ?? false;
  const newProject = manages && (
    <Button variant="primary" onClick={() => setEditing('new')}>
      <Plus aria-hidden /> {t.projects.new}
    </Button>
  );

  return (
    <>
      <PageHeader title={t.projects.title} hidden />
      <Sections>
        {(anyArchived || archived) && (
          <Segmented
            label={t.projects.which}
            value={archived ? 'archived' : 'active'}
            onChange={(value) => onArchived(value === 'archived')}
            options={[
              { value: 'active', label: t.projects.active },
              { value: 'archived', label: t.projects.archived },
            ]}
          />
        )}
        {manages && catalog && catalog.projects.length > 0 && (
          <Button variant="primary" onClick={() => setEditing('new')}>
            <Plus aria-hidden /> <span className="max-sm:sr-only">{t.projects.new}</span>
          </Button>
        )}
      </Sections>
      {!catalog && error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !catalog ? (
        <SkeletonRows label={t.projects.loading} />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={<FolderTree aria-hidden />}
          title={archived ? t.projects.noneArchived : t.projects.none}
          action={archived ? undefined : newProject}
        >
          {archived ? t.projects.noneArchivedHint : manages ? t.projects.noneHint : t.may.noProjects}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card">
          {shown.map((project) => (
            <ProjectRow
              key={project.id}
              project={project}
              catalog={catalog}
              usage={usage}
              manages={manages}
              onEdit={() => setEditing(project)}
              onDelete={() => setDeleting(project)}
            />
          ))}
        </ul>
      )}
      {editing && (
        <ProjectDialog
          project={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onMade={(project) =>
            void navigate({ to: '/projects/$projectId', params: { projectId: project.id } })
          }
        />
      )}
      {deleting && <DeleteProject project={deleting} onClose={() => setDeleting(null)} />}
    </>
  );
}

interface ProjectRowProps {
  project: Project;
  catalog: Catalog;
  usage: Usage | undefined;
  manages: boolean;
  onEdit: () => void;
  onDelete: () => void;
}

function ProjectRow({ project, catalog, usage, manages, onEdit, onDelete }: ProjectRowProps) {
  const edit = useEdit(projects);
  const client = catalog.client(project.clientId);
  const count = catalog.categories.filter((category) => category.projectId === project.id).length;
  return (
    <li className="relative flex items-center gap-3 py-1.5 pr-2 pl-4 hover:bg-muted/40">
      <ColorDot color={project.color} className="size-3" />
      <div className="min-w-0 flex-1 py-1.5">
        <Link
          to="/projects/$projectId"
          params={{ projectId: project.id }}
          className="block truncate text-sm font-medium after:absolute after:inset-0"
        >
          <bdi>{project.name}</bdi>
        </Link>
        <p className="truncate text-[0.8125rem] text-muted-foreground">
          {[client?.name, t.projects.categories(count), project.billable && t.projects.billable]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <UseNote name={project.name} use={usage?.project(project.id)} search={{ project: project.id }} />
      {manages && (
        <Menu
          trigger={
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={t.entry.more(project.name)}
              className="relative"
            >
              <Ellipsis aria-hidden />
            </Button>
          }
          items={[
            { label: t.action.editMore, icon: <Pencil aria-hidden />, onClick: onEdit },
            {
              label: project.archived ? t.form.restore : t.form.archive,
              icon: project.archived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />,
              onClick: () =>
                edit.mutate(
                  { item: project, changes: { archived: !project.archived } },
                  {
                    onSuccess: () =>
                      toast.success(
                        project.archived
                          ? t.projects.restored(project.name)
                          : t.projects.archivedNow(project.name),
                      ),
                    onError: (error) => toast.error(error),
                  },
                ),
            },
            null,
            { label: t.form.deleteMore, icon: <Trash2 aria-hidden />, danger: true, onClick: onDelete },
          ]}
        />
      )}
    </li>
  );
}

export function DeleteProject({
  project,
  onClose,
  onDeleted,
}: {
  project: Project;
  onClose: () => void;
  onDeleted?: () => void;
}) {
  const { data: catalog } = useCatalog();
  // Of all members: each of their entries keeps it from being deleted.
  const entries = useQuery(entryTotalsQuery({ projectId: project.id, member: ['all'] })).data?.entries ?? 0;
  const below = catalog?.categories.filter(({ projectId }) => projectId === project.id).length ?? 0;
  const remove = useDelete(projects, true);
  return (
    <DeleteDialog
      name={project.name}
      confirm={t.projects.delete}
      onDelete={() => remove.mutateAsync(project)}
      onDeleted={() => {
        toast.success(t.projects.deleted(project.name));
        onDeleted?.();
      }}
      onClose={onClose}
    >
      {entries > 0 ? t.projects.deleteUsed(entries) : t.projects.deleteHint(below)}
    </DeleteDialog>
  );
}
