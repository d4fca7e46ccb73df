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
  validateSearch: search,
  component: function Project() {
    const { projectId } = projectRoute.useParams();
    const { archived = false } = projectRoute.useSearch();
    const navigate = useNavigate({ from: '/projects/$projectId' });
    return (
      <ProjectPage
        key={projectId}
        projectId={projectId}
        showArchived={archived}
        onShowArchived={(next: boolean) => void navigate({ search: { archived: next || undefined } })}
      />
    );
  },
});
