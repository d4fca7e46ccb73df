import { Link } from '@tanstack/react-router';
import { Building2, Clock, FolderTree, Settings, Tags, Upload } from 'lucide-react';
import { basePath } from '@/base-path';

const pages = [
  { to: '/', label: 'Time', icon: Clock, phone: true },
  { to: '/projects', label: 'Projects', icon: FolderTree, phone: true },
  { to: '/clients', label: 'Clients', icon: Building2, phone: false },
  { to: '/tags', label: 'Tags', icon: Tags, phone: false },
  { to: '/import', label: 'Import', icon: Upload, phone: true },
  { to: '/settings', label: 'Settings', icon: Settings, phone: true },
] as const;

/** The way to every page on a wide screen. */
export function Sidebar({ onHelp }: { onHelp: () => void }) {
  return (
    <div className="sticky top-0 hidden h-dvh w-52 shrink-0 flex-col border-r bg-surface px-3 py-4 md:flex">
      <Link
        to="/"
        search={{}}
        className="mb-5 flex items-center gap-2.5 rounded-lg px-2 text-[0.9375rem] font-semibold tracking-tight"
      >
        <img src={`${basePath}/favicon.svg`} alt="" className="size-7" />
        Clockwork
      </Link>
      <nav aria-label="Pages" className="grid gap-0.5">
        {pages.map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            className="flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium text-muted-foreground transition-colors hover:bg-muted hover:text-foreground data-[status=active]:bg-accent data-[status=active]:text-accent-foreground [&_svg]:size-4.5"
          >
            <Icon aria-hidden />
            {label}
          </Link>
        ))}
      </nav>
      <button
        type="button"
        onClick={onHelp}
        className="mt-auto flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-sm font-medium text-muted-foreground hover:bg-muted hover:text-foreground"
      >
        <span
          aria-hidden
          className="flex size-4.5 items-center justify-center rounded border border-current text-[0.6875rem]"
        >
          ?
        </span>
        Keyboard
      </button>
    </div>
  );
}

/** The same on a phone, at the thumb; what is missing there is on the settings page. */
export function BottomBar() {
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 grid grid-cols-4 border-t bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {pages
        .filter((page) => page.phone)
        .map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/', includeSearch: false }}
            className="flex h-14 flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-medium text-muted-foreground data-[status=active]:text-accent-foreground [&_svg]:size-5"
          >
            <Icon aria-hidden />
            {label}
          </Link>
        ))}
    </nav>
  );
}
