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
