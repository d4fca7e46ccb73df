import { createRoute, lazyRouteComponent, useNavigate } from '@tanstack/react-router';
import { rootRoute } from './root';

const search = ({ archived }: Record<string, unknown>): { archived?: true | undefined } => ({
  archived: archived === true || undefined,
});

const ProjectsPage = lazyRouteComponent(
  () => import('@/features/projects/components/projects-page'),
  'ProjectsPage',
);
const ProjectPage = lazyRouteComponent(
  () => import('@/features/projects/components/project-page'),
  'ProjectPage',
);

const TABS = ['entries', 'settings'] as const;
type Tab = (typeof TABS)[number];

const projectSearch = (
  found: Record<string, unknown>,
): ReturnType<typeof search> & { tab?: Tab | undefined } => ({
  ...search(found),
  tab: TABS.find((tab) => tab === found.tab),
});

export const projectsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects',
  validateSearch: search,
  component: function Projects() {
    const { archived = false } = projectsRoute.useSearch();
    const navigate = useNavigate({ from: '/projects' });
    return (
      <ProjectsPage
        archived={archived}
        onArchived={(next: boolean) => void navigate({ search: { archived: next || undefined } })}
      />
    );
  },
});

export const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects/$projectId',
  validateSearch: projectSearch,
  component: function Project() {
    const { projectId } = projectRoute.useParams();
    const { archived = false, tab } = projectRoute.useSearch();
    const navigate = useNavigate({ from: '/projects/$projectId' });
    return (
      <ProjectPage
        key={projectId}
        projectId={projectId}
        {...(tab ? { tab } : {})}
        showArchived={archived}
        onShowArchived={(next: boolean) =>
          void navigate({ search: (before) => ({ ...before, archived: next || undefined }) })
        }
      />
    );
  },
});
