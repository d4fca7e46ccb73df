import { createRootRoute, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { OfflineBanner } from '@/entities/entry/offline-banner';
import { BottomBar, Sidebar } from '@/components/shell/navigation';
import { Toaster } from '@/components/ui/toast';
import { TimerBar } from '@/features/timer/components/timer-bar';
import { setHelpOpen, useHelpOpen } from '@/hooks/use-help';
import { useLiveUpdates } from '@/hooks/use-live-updates';
import { useShortcut } from '@/hooks/use-shortcut';
import { deferred, useDeferred } from '@/lib/deferred';
import { useFollowSystemTheme } from '@/hooks/use-theme';
import { useKeepUnsent } from '@/entities/entry/use-unsent';
import { NotFound } from './not-found';

export const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const help = deferred(() => import('@/components/shell/help-dialog'));

function Shell() {
  const helpOpen = useHelpOpen();
  const helpDialog = useDeferred(help, helpOpen);
  const { pathname } = useLocation();
  const navigate = useNavigate();
  useFollowSystemTheme();
  useLiveUpdates();
  useKeepUnsent();
  useShortcut('?', () => setHelpOpen(true));
  // On the page with the entries their search field has this key.
  useShortcut('/', () => void navigate({ to: '/', search: {}, hash: 'search' }), pathname !== '/');

  return (
    <>
      <a
        href="#content"
        className="sr-only rounded-lg bg-primary px-3 py-2 text-sm font-medium text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-60"
      >
        Skip to the content
      </a>
      <div className="flex min-h-dvh">
        <Sidebar onHelp={() => setHelpOpen(true)} />
        <div className="flex min-w-0 flex-1 flex-col">
          <OfflineBanner />
          <div className="sticky top-0 z-20 bg-background/85 px-3 pt-3 pb-2 backdrop-blur sm:px-6 sm:pt-4">
            <div className="mx-auto max-w-6xl">
              <TimerBar />
            </div>
          </div>
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto w-full max-w-6xl flex-1 px-3 pt-4 pb-24 outline-none sm:px-6 md:pb-10"
          >
            <Outlet />
          </main>
        </div>
      </div>
      <BottomBar />
      {helpDialog && <helpDialog.HelpDialog open onOpenChange={setHelpOpen} />}
      <Toaster />
    </>
  );
}
