/** Pages of signing in, and of the user's own account. */
import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { ownPath } from '@/lib/public-pages';
import { rootRoute } from './root';

interface SignInSearch {
  /** Where the user was, or wanted to go. */
  to?: string | undefined;
  /** The code of an error with which a sign-on provider has sent the user back. */
  error?: string | undefined;
}

const readSignIn = ({ to, error }: Record<string, unknown>): SignInSearch => ({
  to: ownPath(to),
  error: typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? error : undefined,
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: readSignIn,
  component: lazyRouteComponent(() => import('./sign-in-screen'), 'SignInScreen'),
});

const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/setup',
  component: lazyRouteComponent(() => import('@/features/account/components/setup-page'), 'SetupPage'),
});

const forgotRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/forgot',
  component: lazyRouteComponent(() => import('@/features/account/components/forgot-page'), 'ForgotPage'),
});

const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/reset',
  component: lazyRouteComponent(() => import('@/features/account/components/reset-page'), 'ResetPage'),
});

const confirmAddressRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/confirm-address',
  component: lazyRouteComponent(
    () => import('@/features/account/components/confirm-address-page'),
    'ConfirmAddressPage',
  ),
});

const invitationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/invitation',
  component: lazyRouteComponent(
    () => import('@/features/account/components/invitation-page'),
    'InvitationPage',
  ),
});

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('@/features/account/components/account-page'), 'AccountPage'),
});

const membersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/members',
  component: lazyRouteComponent(() => import('./members-screen'), 'MembersScreen'),
});

const auditLogRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/audit-log',
  component: lazyRouteComponent(
    () => import('@/features/audit-log/components/audit-log-page'),
    'AuditLogPage',
  ),
});

const administrationRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/administration',
  component: lazyRouteComponent(
    () => import('@/features/account/components/administration-page'),
    'AdministrationPage',
  ),
});

export const accountRoutes = [
  accountRoute,
  membersRoute,
  auditLogRoute,
  administrationRoute,
  signInRoute,
  setupRoute,
  forgotRoute,
  resetRoute,
  confirmAddressRoute,
  invitationRoute,
] as const;
