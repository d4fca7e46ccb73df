import { Link, useNavigate } from '@tanstack/react-router';
import { Archive, ArchiveRestore, Ellipsis, FolderTree, Pencil, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useCatalog, type Catalog } from '@/entities/catalog/catalog';
import { projects, useDelete, useEdit } from '@/entities/catalog/edits';
import type { Project } from '@/api/types';
import { ColorDot } from '@/components/color-dot';
import { DeleteDialog } from '@/components/delete-dialog';
import { PageHeader } from '@/components/page-header';
import { EmptyState, ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { Segmented } from '@/components/ui/segmented';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { ProjectDialog } from './project-dialog';

interface ProjectsPageProps {
  archived: boolean;
  onArchived: (archived: boolean) => void;
}

export function ProjectsPage({ archived, onArchived }: ProjectsPageProps) {
  const { data: catalog, error, refetch } = useCatalog();
  const navigate = useNavigate();
  const [editing, setEditing] = useState<Project | 'new' | null>(null);
  const [deleting, setDeleting] = useState<Project | null>(null);
  const shown = useMemo(
    () => catalog?.projects.filter((project) => project.archived === archived) ?? [],
    [catalog, archived],
  );
  const anyArchived = catalog?.projects.some((project) => project.archived) ?? false;
  const newProject = (
    <Button variant="primary" onClick={() => setEditing('new')}>
      <Plus aria-hidden /> New project
    </Button>
  );

  return (
    <>
      <PageHeader title="Projects">
        {(anyArchived || archived) && (
          <Segmented
            label="Which projects"
            value={archived ? 'archived' : 'active'}
            onChange={(value) => onArchived(value === 'archived')}
            options={[
              { value: 'active', label: 'Active' },
              { value: 'archived', label: 'Archived' },
            ]}
          />
        )}
        {catalog && catalog.projects.length > 0 && newProject}
      </PageHeader>
      {!catalog && error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !catalog ? (
        <SkeletonRows label="Loading projects" />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={<FolderTree aria-hidden />}
          title={archived ? 'No archived projects' : 'No projects yet'}
          action={archived ? undefined : newProject}
        >
          {archived
            ? "Archived projects keep their time but can't be picked."
            : 'A project holds a tree of categories, and time is tracked in categories: Website / Design / Logo.'}
        </EmptyState>
      ) : (
        <ul className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card">
          {shown.map((project) => (
            <ProjectRow
              key={project.id}
              project={project}
              catalog={catalog}
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
  onEdit: () => void;
  onDelete: () => void;
}

function ProjectRow({ project, catalog, onEdit, onDelete }: ProjectRowProps) {
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
          {project.name}
        </Link>
        <p className="truncate text-[0.8125rem] text-muted-foreground">
          {[client?.name, count === 1 ? '1 category' : `${count} categories`, project.billable && 'billable']
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Menu
        trigger={
          <Button variant="ghost" size="icon-sm" aria-label={`More for ${project.name}`} className="relative">
            <Ellipsis aria-hidden />
          </Button>
        }
        items={[
          { label: 'Edit…', icon: <Pencil aria-hidden />, onClick: onEdit },
          {
            label: project.archived ? 'Restore' : 'Archive',
            icon: project.archived ? <ArchiveRestore aria-hidden /> : <Archive aria-hidden />,
            onClick: () =>
              edit.mutate(
                { item: project, changes: { archived: !project.archived } },
                {
                  onSuccess: () =>
                    toast.success(project.archived ? `${project.name} restored` : `${project.name} archived`),
                  onError: (error) => toast.error(error),
                },
              ),
          },
          null,
          { label: 'Delete…', icon: <Trash2 aria-hidden />, danger: true, onClick: onDelete },
        ]}
      />
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
  const remove = useDelete(projects);
  return (
    <DeleteDialog
      name={project.name}
      confirm="Delete project"
      onDelete={() => remove.mutateAsync(project)}
      onDeleted={() => {
        toast.success(`${project.name} deleted`);
        onDeleted?.();
      }}
      onClose={onClose}
    >
      This can't be undone. Only a project without categories can be deleted.
    </DeleteDialog>
  );
}
