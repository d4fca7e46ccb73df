import type { ReactNode } from 'react';
import { focusOnArrival, usePageTitle } from '@/hooks/use-page-title';
import { cn } from '@/lib/cn';

interface PageHeaderProps {
  /** For the tab and the history. */
  title: string;
  /** In place of the title, where it is more than words. */
  heading?: ReactNode;
  /** Only for screen readers: what follows says enough. */
  hidden?: boolean;
  children?: ReactNode;
  above?: ReactNode;
}

/** The name of the page and what can be done on it. */
export function PageHeader({ title, heading, hidden = false, children, above }: PageHeaderProps) {
  usePageTitle(title);
  const h1 = (
    <h1
      ref={focusOnArrival}
      tabIndex={-1}
      className={cn(
        'rounded-md outline-offset-4',
        hidden ? 'sr-only' : 'truncate text-xl font-semibold tracking-tight',
      )}
    >
      {heading ?? title}
    </h1>
  );
  if (hidden) return h1;
  return (
    <header className="mb-5 flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0">
        {above}
        {h1}
      </div>
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </header>
  );
}
