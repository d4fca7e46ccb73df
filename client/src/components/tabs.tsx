import { Link, useLocation, type LinkProps } from '@tanstack/react-router';
import { useEffect, useRef, type ReactNode } from 'react';

/** How a tab looks; the router marks the one that is shown. */
export const tabClass =
  '-mb-px flex h-10 items-center border-b-2 border-transparent px-3 text-sm font-medium text-muted-foreground hover:text-foreground data-[status=active]:border-primary data-[status=active]:text-foreground';

interface TabLineProps {
  label: string;
  /** How many tabs there are. */
  count: number;
  /** What stands at the other end of the line, such as a button. */
  end?: ReactNode;
  /** The tabs. */
  children: ReactNode;
}

/** A line of tabs. Where it is wider than the screen, it is scrolled to the one that is shown. */
export function TabLine({ label, count, end, children }: TabLineProps) {
  const line = useRef<HTMLElement>(null);
  const { href } = useLocation();
  useEffect(() => {
    const shown = line.current?.querySelector('[data-status=active]');
    if (!line.current || !shown) return;
    const [outer, inner] = [line.current.getBoundingClientRect(), shown.getBoundingClientRect()];
    line.current.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
  }, [href, count]);
  return (
    <div className="mb-4 flex items-center justify-between gap-x-3 border-b">
      <nav ref={line} aria-label={label} className="flex min-w-0 gap-1 overflow-x-auto whitespace-nowrap">
        {children}
      </nav>
      <div className="flex min-h-10 shrink-0 items-center gap-2 pb-1">{end}</div>
    </div>
  );
}

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
    <TabLine label={label} count={tabs.length} end={children}>
      {tabs.map((tab) => (
        <Link
          key={tab.to}
          to={tab.to}
          activeOptions={{ exact: true, includeSearch: false }}
          className={tabClass}
        >
          {tab.label}
        </Link>
      ))}
    </TabLine>
  );
}
