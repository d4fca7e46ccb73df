import { Link, useLocation } from '@tanstack/react-router';
import { ChartColumn, Clock, FolderTree, Keyboard, Search, Settings, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { basePath } from '@/base-path';
import { Kbd } from '@/components/ui/tooltip';
import { openDialog } from '@/hooks/use-dialogs';
import { paletteKeys } from '@/lib/keyboard';
import { t } from '@/messages/first';

interface Page {
  to: '/' | '/reports' | '/projects' | '/settings';
  name: 'timer' | 'reports' | 'projects' | 'settings';
  icon: LucideIcon;
  /** Pages with paths of their own that belong to it. */
  also?: RegExp;
}

const pages: readonly Page[] = [
  { to: '/', name: 'timer', icon: Clock },
  { to: '/reports', name: 'reports', icon: ChartColumn },
  { to: '/projects', name: 'projects', icon: FolderTree, also: /^\/(clients|tags)\b/ },
  {
    to: '/settings',
    name: 'settings',
    icon: Settings,
    also: /^\/(account|members|audit-log|administration|import)\b/,
  },
];

/** What the router does not mark: a page that belongs to one of the navigation. */
function useMark() {
  const { pathname } = useLocation();
  return (also: RegExp | undefined) =>
    also?.test(pathname) ? ({ 'aria-current': 'true', 'data-status': 'active' } as const) : undefined;
}

const item =
  'flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium text-muted-foreground transition-colors hover:bg-muted hover:text-foreground data-[status=active]:bg-accent data-[status=active]:text-accent-foreground max-xl:size-10 max-xl:justify-center max-xl:px-0 [&_svg]:size-4.5 [&_svg]:shrink-0';

/** A word that a narrow screen has no room for: the tooltip of the browser and screen readers still have it. */
function Label({ children }: { children: ReactNode }) {
  return <span className="max-xl:sr-only">{children}</span>;
}

/** The way to every page: with words on a wide screen, with pictures on a narrower one. */
export function Sidebar({ children }: { children?: ReactNode }) {
  const mark = useMark();
  return (
    <div className="sticky top-0 hidden h-dvh w-14 shrink-0 flex-col border-r bg-surface px-2 py-3 md:flex xl:w-52 xl:px-3 xl:py-4">
      <Link
        to="/"
        search={{}}
        title={t.app.name}
        className="mb-4 flex h-9 items-center gap-2.5 rounded-lg text-[0.9375rem] font-semibold tracking-tight max-xl:justify-center xl:px-2"
      >
        <img src={`${basePath}/favicon.svg`} alt="" className="size-7" />
        <Label>{t.app.name}</Label>
      </Link>
      <nav aria-label={t.nav.label} className="grid gap-0.5">
        {pages.map(({ to, name, icon: Icon, also }) => (
          <Link
            key={to}
            to={to}
            title={t.nav[name]}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            {...mark(also)}
            className={item}
          >
            <Icon aria-hidden />
            <Label>{t.nav[name]}</Label>
          </Link>
        ))}
      </nav>
      <div className="mt-auto grid gap-0.5">
        <button type="button" title={t.nav.search} onClick={() => openDialog('palette')} className={item}>
          <Search aria-hidden />
          <Label>{t.nav.search}</Label>
          <span className="ml-auto max-xl:hidden">
            <Kbd>{paletteKeys().join(' ')}</Kbd>
          </span>
        </button>
        <button type="button" title={t.nav.shortcuts} onClick={() => openDialog('help')} className={item}>
          <Keyboard aria-hidden />
          <Label>{t.nav.shortcuts}</Label>
        </button>
        {children}
      </div>
    </div>
  );
}

const tab =
  'flex h-14 flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-medium text-muted-foreground data-[status=active]:text-accent-foreground [&_svg]:size-5';

/** The same on a phone, at the thumb. */
export function BottomBar() {
  const mark = useMark();
  return (
    <nav
      aria-label={t.nav.label}
      className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-5 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {pages.map(({ to, name, icon: Icon, also }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          {...mark(also)}
          className={tab}
        >
          <Icon aria-hidden />
          {t.nav[name]}
        </Link>
      ))}
      <button type="button" onClick={() => openDialog('palette')} className={tab}>
        <Search aria-hidden />
        {t.filter.searchShort}
      </button>
    </nav>
  );
}
