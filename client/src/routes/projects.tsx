import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { rootRoute } from './root';

const search = ({ archived }: Record<string, unknown>): { archived?: true | undefined } => ({
  archived: archived === true || undefined,
});

const TABS = ['entries', 'money', 'settings'] as const;
type Tab = (typeof TABS)[number];

const projectSearch = (
  found: Record<string, unknown>,
): ReturnType<typeof search> & { tab?: Tab | undefined } => ({
  ...search(found),
  tab: TABS.find((tab) => tab === found.tab),
});

const screens = () => import('./projects-screen');

export const projectsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects',
  validateSearch: search,
  component: lazyRouteComponent(screens, 'ProjectsScreen'),
});

export const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/projects/$projectId',
  validateSearch: projectSearch,
  component: lazyRouteComponent(screens, 'ProjectScreen'),
});
