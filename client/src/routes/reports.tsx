import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import type { ReportSearch } from '@/features/reports/search';
import { rootRoute } from './root';

export const reportsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reports',
  // The page reads it: what can be asked of a report is no part of what the first page loads.
  validateSearch: (search: Record<string, unknown>): ReportSearch => search,
  component: lazyRouteComponent(() => import('./reports-screen'), 'ReportsScreen'),
});

/** The report of a link, for visitors without an account: no part of the application around it. */
export const sharedReportRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/shared-report',
  component: lazyRouteComponent(
    () => import('@/features/reports/components/shared-report-page'),
    'SharedReportPage',
  ),
});

/** The link of a message by which a recipient ends the messages of a schedule. */
export const stopReportRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/stop-report',
  component: lazyRouteComponent(
    () => import('@/features/reports/components/stop-report-page'),
    'StopReportPage',
  ),
});
