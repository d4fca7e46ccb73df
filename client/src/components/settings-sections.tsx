import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useSession } from '@/hooks/use-session';
import { t } from '@/messages/later';

/** The settings of the page, of the account and of the workspace; without accounts there are only the first. */
export function SettingsSections({ children }: { children?: ReactNode }) {
  const { session } = useSession();
  if (session.owner === null) return null;
  const sections = [
    { to: '/settings', label: t.settings.general },
    { to: '/account', label: t.settings.account },
    { to: '/members', label: t.settings.members },
  ] as const;
  return (
    <div className="mb-4 flex flex-wrap items-center justify-between gap-x-3 border-b">
      <nav aria-label={t.settings.sections} className="flex gap-1">
        {sections.map(({ to, label }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true, includeSearch: false }}
            className="-mb-px flex h-10 items-center border-b-2 border-transparent px-3 text-sm font-medium text-muted-foreground hover:text-foreground data-[status=active]:border-primary data-[status=active]:text-foreground"
          >
            {label}
          </Link>
        ))}
      </nav>
      <div className="flex items-center gap-2 pb-1">{children}</div>
    </div>
  );
}
