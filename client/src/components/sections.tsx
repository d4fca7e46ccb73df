import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { t } from '@/messages/later';

/** Projects, and what belongs to them: one page of the navigation, with a tab for each. */
export function Sections({ children }: { children?: ReactNode }) {
  const sections = [
    { to: '/projects', label: t.projects.title },
    { to: '/clients', label: t.clients.title },
    { to: '/tags', label: t.tags.title },
  ] as const;
  return (
    <div className="mb-4 flex flex-wrap items-center justify-between gap-x-3 border-b">
      <nav aria-label={t.projects.sections} className="flex gap-1">
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
