import { createRouter } from '@tanstack/react-router';
import { noteNavigation } from '@/hooks/use-page-title';
import { basePath } from './base-path';
import { Crash } from './routes/crash';
import { clientsRoute, importRoute, settingsRoute, tagsRoute } from './routes/plain';
import { projectRoute, projectsRoute } from './routes/projects';
import { reportsRoute } from './routes/reports';
import { rootRoute } from './routes/root';
import { timeRoute } from './routes/time';

const routeTree = rootRoute.addChildren([
  timeRoute,
  reportsRoute,
  projectsRoute,
  projectRoute,
  clientsRoute,
  tagsRoute,
  importRoute,
  settingsRoute,
]);

export const router = createRouter({
  routeTree,
  basepath: basePath,
  defaultPreload: 'intent',
  defaultErrorComponent: Crash,
  scrollRestoration: true,
});

// The heading of the next page takes the focus, so that screen readers tell where the user is.
router.subscribe('onBeforeNavigate', ({ fromLocation, pathChanged }) => {
  if (fromLocation && pathChanged) noteNavigation();
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
