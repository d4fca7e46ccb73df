import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface TabsProps {
  /** What the pages are about, for screen readers. */
  label: string;
  tabs: readonly { to: NonNullable<LinkProps['to']>; label: string }[];
  /** What stands at the other end of the line, such as a button. */
  children?: ReactNode;
}

/** The pages that belong together: one place of the navigation, with a tab for each. */
export function Tabs({ label, tabs, children }: TabsProps) {
  return (
    <div className="mb-4 flex flex-wrap items-center justify-between gap-x-3 border-b">
      <nav aria-label={label} className="flex min-w-0 gap-1 overflow-x-auto whitespace-nowrap">
        {tabs.map((tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            activeOptions={{ exact: true, includeSearch: false }}
            className="-mb-px flex h-10 items-center border-b-2 border-transparent px-3 text-sm font-medium text-muted-foreground hover:text-foreground data-[status=active]:border-primary data-[status=active]:text-foreground"
          >
            {tab.label}
          </Link>
        ))}
      </nav>
      <div className="flex items-center gap-2 pb-1">{children}</div>
    </div>
  );
}
