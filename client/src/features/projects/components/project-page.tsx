import { Link, useNavigate } from '@tanstack/react-router';
import { Archive, ChevronLeft, FolderTree, Pencil, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useCatalog } from '@/entities/catalog/catalog';
import { ColorDot } from '@/components/color-dot';
import { PageHeader } from '@/components/page-header';
import { EmptyState, ErrorState } from '@/components/states';
import { Button, buttonVariants } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Switch } from '@/components/ui/switch';
import { buildTree } from '../tree';
import { CategoryDialog } from './category-dialog';
import { CategoryTree } from './category-tree';
import { ProjectDialog } from './project-dialog';
import { DeleteProject } from './projects-page';
import { t } from '@/messages/later';

interface ProjectPageProps {
  projectId: string;
  showArchived: boolean;
  onShowArchived: (show: boolean) => void;
}

/** One project and its tree of categories. */
export function ProjectPage({ projectId, showArchived, onShowArchived }: ProjectPageProps) {
  const { data: catalog, error, refetch } = useCatalog();
  const navigate = useNavigate();
  const [open, setOpen] = useState<'edit' | 'delete' | 'category' | null>(null);
  const project = catalog?.project(projectId);
  const categories = useMemo(
    () => catalog?.categories.filter((category) => category.projectId === projectId) ?? [],
    [catalog, projectId],
  );
  const tree = useMemo(() => buildTree(categories), [categories]);
  const back = (
    <Link
      to="/projects"
      className="-ml-1 inline-flex items-center text-sm text-muted-foreground hover:text-foreground"
    >
      <ChevronLeft aria-hidden className="size-4" /> {t.projects.title}
    </Link>
  );

  if (!catalog && error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!catalog) return <SkeletonRows label={t.projects.loadingOne} />;
  if (!project) {
    return (
      <EmptyState
        icon={<FolderTree aria-hidden />}
        title={t.projects.notFound}
        action={
          <Link to="/projects" className={buttonVariants()}>
            {t.projects.all}
          </Link>
        }
      >
        {t.projects.notFoundHint}
      </EmptyState>
    );
  }

  const archivedCount = categories.filter((category) => category.archived).length;
  const client = catalog.client(project.clientId);
  const addCategory = (
    <Button variant="primary" onClick={() => setOpen('category')}>
      <Plus aria-hidden /> {t.categories.new}
    </Button>
  );
  const close = () => setOpen(null);

  return (
    <>
      <PageHeader
        above={back}
        title={project.name}
        heading={
          <span className="flex items-center gap-2.5">
            <ColorDot color={project.color} className="size-3.5" />
            <bdi className="truncate">{project.name}</bdi>
          </span>
        }
      >
        <Button variant="ghost" onClick={() => setOpen('edit')}>
          <Pencil aria-hidden /> {t.action.edit}
        </Button>
        <Button variant="ghost" className="text-danger" onClick={() => setOpen('delete')}>
          <Trash2 aria-hidden /> {t.action.delete}
        </Button>
        {categories.length > 0 && addCategory}
      </PageHeader>
      <p className="-mt-3 mb-5 text-sm whitespace-pre-line text-muted-foreground">
        {[client?.name, project.billable ? t.projects.billableDefault : t.projects.notBillableDefault]
          .filter(Boolean)
          .join(' · ')}
        {project.description && (
          <>
            <br />
            {project.description}
          </>
        )}
      </p>
      {project.archived && (
        <p className="mb-4 flex items-center gap-2 rounded-xl bg-warning-soft px-4 py-2.5 text-sm text-warning">
          <Archive aria-hidden className="size-4" /> {t.projects.isArchived}
        </p>
      )}
      {categories.length === 0 ? (
        <EmptyState icon={<FolderTree aria-hidden />} title={t.categories.none} action={addCategory}>
          {t.categories.noneHint}
        </EmptyState>
      ) : (
        <>
          <CategoryTree project={project} tree={tree} showArchived={showArchived} />
          {archivedCount > 0 && (
            <label
              htmlFor="show-archived"
              className="mt-3 flex w-fit items-center gap-2.5 text-sm text-muted-foreground"
            >
              <Switch id="show-archived" checked={showArchived} onCheckedChange={onShowArchived} />
              {t.projects.showArchived(archivedCount)}
            </label>
          )}
        </>
      )}
      {open === 'edit' && <ProjectDialog project={project} onClose={close} />}
      {open === 'category' && (
        <CategoryDialog project={project} category={null} parent={null} onClose={close} />
      )}
      {open === 'delete' && (
        <DeleteProject
          project={project}
          onClose={close}
          onDeleted={() => void navigate({ to: '/projects' })}
        />
      )}
    </>
  );
}
