import { useQuery } from '@tanstack/react-query';
import { createRootRoute, Outlet, redirect, useLocation, useNavigate } from '@tanstack/react-router';
import { isApiError } from '@/api/errors';
import { sessionState } from '@/api/session';
import { BottomBar, Sidebar } from '@/components/shell/navigation';
import { Toaster } from '@/components/ui/toast';
import { TimerBar } from '@/features/timer/components/timer-bar';
import { TimerNotice } from '@/features/timer/components/timer-notice';
import { meQuery } from '@/entities/me/me';
import { useMay } from '@/entities/me/use-may';
import { closeDialog, openDialog, useOpenDialog } from '@/hooks/use-dialogs';
import { useDocumentTitle } from '@/hooks/use-page-title';
import { usePreferences } from '@/hooks/use-preferences';
import { useSession } from '@/hooks/use-session';
import { useCommandKey, useShortcut } from '@/hooks/use-shortcut';
import { useFollowSystemTheme } from '@/hooks/use-theme';
import { deferred, useDeferred } from '@/lib/deferred';
import { isPublicPage, ownPath } from '@/lib/public-pages';
import { KEPT, recallInTab } from '@/lib/storage';
import { t } from '@/messages/first';
import { NotFound } from './not-found';

export const rootRoute = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  beforeLoad: ({ location: { pathname, href } }) => {
    if (sessionState().access === 'app' || isPublicPage(pathname)) return;
    throw redirect({ to: '/sign-in', search: { to: ownPath(href) }, replace: true });
  },
});

const help = deferred(() => import('@/components/shell/help-dialog'));
const liveUpdates = deferred(() => import('@/entities/entry/live'), 'idle');
const offlinePart = deferred(() => import('@/entities/entry/offline'), 'idle');
const followSettings = deferred(() => import('@/entities/me/use-settings'), 'idle');
const noWorkspace = deferred(() => import('@/features/account/components/no-workspace'));
const userMenu = deferred(() => import('@/features/account/components/user-menu'));
const keptDialog = deferred(() => import('@/hooks/kept-dialog'));
const palette = deferred(() => import('@/features/palette/components/palette'));

/** What the bar above and the page below share, so that both are aligned. */
const container = 'mx-auto w-full max-w-6xl px-3 sm:px-6';

/** A public page, or the application for the user of the session; nothing of it outlives the session. */
function Root() {
  const { session, access } = useSession();
  const { pathname } = useLocation();
  if (isPublicPage(pathname)) return <PublicPage key={session.number} />;
  return access === 'app' && <Application key={session.number} />;
}

/** A user who is a member of no workspace has one page. */
function Application() {
  const { error, data } = useQuery(meQuery);
  const isNowhere = data === undefined && isApiError(error, 'not_found');
  const nowhere = useDeferred(noWorkspace, isNowhere);
  if (!isNowhere) return <Shell />;
  return nowhere && <nowhere.NoWorkspace />;
}

function PublicPage() {
  useFollowSystemTheme();
  useDocumentTitle(null);
  usePreferences();
  return (
    <>
      <Outlet />
      <Toaster />
    </>
  );
}

/** The place of the timer, which else has the title of the tab. */
function NoTimer() {
  useDocumentTitle(null);
  return <div className="h-4" />;
}

function Shell() {
  const dialog = useOpenDialog();
  const helpDialog = useDeferred(help, dialog === 'help');
  const paletteDialog = useDeferred(palette, dialog === 'palette');
  const { pathname } = useLocation();
  const navigate = useNavigate();
  useFollowSystemTheme();
  const live = useDeferred(liveUpdates, true);
  const offline = useDeferred(offlinePart, true);
  const settings = useDeferred(followSettings, true);
  const kept = useDeferred(keptDialog, recallInTab(KEPT) !== null);
  const tracks = useMay()('track_time');
  const hasAccount = useSession().session.owner !== null;
  const menu = useDeferred(userMenu, hasAccount);
  // Formats and language are read where something is drawn.
  usePreferences();
  useShortcut('?', () => openDialog('help'));
  useCommandKey('k', () => openDialog('palette'));
  useShortcut('g t', () => void navigate({ to: '/', search: {} }));
  useShortcut('g r', () => void navigate({ to: '/reports', search: {} }));
  useShortcut('g p', () => void navigate({ to: '/projects', search: {} }));
  useShortcut('g s', () => void navigate({ to: '/settings' }));
  // On the page with the entries their search field has this key.
  useShortcut('/', () => void navigate({ to: '/', search: {}, hash: 'search' }), pathname !== '/');
  useShortcut(
    'a',
    () => {
      openDialog('add');
      if (pathname !== '/') void navigate({ to: '/', search: {} });
    },
    tracks,
  );

  return (
    <>
      <a href="#content" className="btn btn-primary btn-md fixed top-2 left-2 z-60 not-focus:sr-only">
        {t.app.skip}
      </a>
      <div className="flex min-h-dvh">
        <Sidebar>{hasAccount && <div className="min-h-9">{menu && <menu.UserMenu />}</div>}</Sidebar>
        <div className="flex min-w-0 flex-1 flex-col">
          {offline && <offline.Offline />}
          {tracks ? (
            <div className="sticky top-0 z-20 bg-background/85 py-2 backdrop-blur sm:py-3">
              <div className={container}>
                <TimerBar />
              </div>
            </div>
          ) : (
            <NoTimer />
          )}
          <main id="content" tabIndex={-1} className={`${container} flex-1 pb-24 outline-none md:pb-10`}>
            <TimerNotice />
            <Outlet />
          </main>
        </div>
      </div>
      <BottomBar />
      {live && <live.LiveUpdates />}
      {settings && <settings.FollowSettings />}
      {kept && <kept.KeptDialog />}
      {helpDialog && <helpDialog.HelpDialog onClose={closeDialog} />}
      {paletteDialog && <paletteDialog.Palette onClose={closeDialog} />}
      <Toaster />
    </>
  );
}
