import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Archive, ChevronLeft, FolderTree, Plus } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useCatalog } from '@/entities/catalog/catalog';
import { meQuery } from '@/entities/me/me';
import { useMay } from '@/entities/me/use-may';
import { UseNote } from '@/entities/catalog/use-note';
import { useUsage } from '@/entities/catalog/usage';
import { ColorDot } from '@/components/color-dot';
import { PageHeader } from '@/components/page-header';
import { TabLine, tabClass } from '@/components/tabs';
import { EmptyState, ErrorState } from '@/components/states';
import { Button, buttonVariants } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { Switch } from '@/components/ui/switch';
import { useKeptState } from '@/hooks/use-kept';
import { buildTree } from '../tree';
import { CategoryDialog } from './category-dialog';
import { CategoryTree } from './category-tree';
import { ProjectEntries } from './project-entries';
import { ProjectSettings } from './project-settings';
import { t } from '@/messages/later';

type ProjectTab = 'categories' | 'entries' | 'money' | 'settings';

/** As the router marks the tab that the address names. */
const MARK = { 'aria-current': 'page', 'data-status': 'active' } as const;

interface ProjectPageProps {
  projectId: string;
  tab?: ProjectTab;
  showArchived: boolean;
  onShowArchived: (show: boolean) => void;
  /** What the project is worth, for users who see that. */
  money?: ReactNode;
}

/** One project: its tree of categories, its entries, its settings. */
export function ProjectPage({
  projectId,
  tab: wanted = 'categories',
  showArchived,
  onShowArchived,
  money,
}: ProjectPageProps) {
  const { data: catalog, error, refetch } = useCatalog();
  const usage = useUsage(catalog);
  const may = useMay();
  const role = useQuery(meQuery).data?.role;
  const manages = may('manage_projects');
  const tabs: ProjectTab[] = [
    'categories',
    'entries',
    ...(may('see_amounts') ? (['money'] as const) : []),
    ...(manages ? (['settings'] as const) : []),
  ];
  // A link may name a tab that the user does not have.
  const tab = tabs.includes(wanted) ? wanted : 'categories';
  const isUnclear = tab !== wanted && role === undefined;
  const [adding, setAdding] = useKeptState('adding', false);
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
  if (!catalog || isUnclear) return <SkeletonRows label={t.projects.loadingOne} />;
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
  const addCategory = manages && (
    <Button variant="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden /> {t.categories.new}
    </Button>
  );

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
        <UseNote name={project.name} use={usage?.project(project.id)} search={{ project: project.id }} />
      </PageHeader>
      <p className="-mt-3 mb-4 text-sm whitespace-pre-line text-muted-foreground">
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
      <Tabs projectId={project.id} tabs={tabs} shown={tab}>
        {manages && tab === 'categories' && categories.length > 0 && (
          <Button variant="primary" onClick={() => setAdding(true)}>
            <Plus aria-hidden /> <span className="max-sm:sr-only">{t.categories.new}</span>
          </Button>
        )}
      </Tabs>
      {tab === 'entries' && <ProjectEntries project={project} />}
      {tab === 'money' && money}
      {tab === 'settings' && <ProjectSettings project={project} />}
      {tab === 'categories' &&
        (categories.length === 0 ? (
          <EmptyState icon={<FolderTree aria-hidden />} title={t.categories.none} action={addCategory}>
            {manages ? t.categories.noneHint : t.may.noCategories}
          </EmptyState>
        ) : (
          <>
            <CategoryTree
              project={project}
              tree={tree}
              usage={usage}
              showArchived={showArchived}
              manages={manages}
            />
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
        ))}
      {adding && (
        <CategoryDialog project={project} category={null} parent={null} onClose={() => setAdding(false)} />
      )}
    </>
  );
}

interface TabsProps {
  projectId: string;
  tabs: readonly ProjectTab[];
  shown: ProjectTab;
  children: ReactNode;
}

function Tabs({ projectId, tabs, shown, children }: TabsProps) {
  const labels: Record<ProjectTab, string> = {
    categories: t.categories.title,
    entries: t.projects.entries,
    money: t.projects.money,
    settings: t.projects.settings,
  };
  return (
    <TabLine label={t.projects.tabs} count={tabs.length} end={children}>
      {tabs.map((one) => (
        <Link
          key={one}
          to="/projects/$projectId"
          params={{ projectId }}
          search={(before) => ({ ...before, tab: one === 'categories' ? undefined : one })}
          resetScroll={false}
          // The first tab is the one without a search: others only begin as it does.
          activeOptions={{ exact: true }}
          // Of a tab that the user does not have, the address names another one.
          {...(one === shown ? MARK : {})}
          className={tabClass}
        >
          {labels[one]}
        </Link>
      ))}
    </TabLine>
  );
}
