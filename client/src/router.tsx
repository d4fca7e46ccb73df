import { createRouter } from '@tanstack/react-router';
import { sessionState, subscribeSession } from '@/api/session';
import { noteNavigation } from '@/hooks/use-page-title';
import { isPublicPage, ownPath } from '@/lib/public-pages';
import { basePath } from './base-path';
import { accountRoutes } from './routes/account';
import { Crash } from './routes/crash';
import { clientRoute, clientsRoute, importRoute, settingsRoute, tagsRoute } from './routes/plain';
import { projectRoute, projectsRoute } from './routes/projects';
import { reportsRoute, sharedReportRoute, stopReportRoute } from './routes/reports';
import { rootRoute } from './routes/root';
import { timeRoute } from './routes/time';

const routeTree = rootRoute.addChildren([
  timeRoute,
  reportsRoute,
  sharedReportRoute,
  stopReportRoute,
  projectsRoute,
  projectRoute,
  clientsRoute,
  clientRoute,
  tagsRoute,
  importRoute,
  settingsRoute,
  ...accountRoutes,
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

// Where the session ends, the sign-in page is shown, and leads back to this place. Who has signed out begins anew.
subscribeSession(() => {
  const { access, ended } = sessionState();
  const { pathname, href } = router.latestLocation;
  if (access !== 'sign-in' || isPublicPage(pathname)) return;
  const to = ended === 'signed-out' ? undefined : ownPath(href);
  void router.navigate({ to: '/sign-in', search: { to }, replace: true, ignoreBlocker: true });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
