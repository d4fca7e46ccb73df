import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { t } from '@/messages/later';
import type { ReportSearch } from '../search';

interface FigureProps {
  /** Where the entries are; null when no filter tells exactly them, or there are none. */
  to: ReportSearch | null;
  /** Whose figure it is. */
  name: string;
  children: ReactNode;
  className?: string;
}

/** A figure, with the way to the entries that it is made of. */
export function Figure({ to, name, children, className }: FigureProps) {
  if (to === null) return <span className={className}>{children}</span>;
  return (
    <Link
      to="/reports"
      search={to}
      preload={false}
      title={t.reports.entriesOf(name)}
      className={cn(
        'inline-block min-h-6 rounded-sm leading-6 decoration-muted-foreground/60 underline-offset-3 hover:underline print:no-underline',
        className,
      )}
    >
      {children}
      <span className="sr-only"> {t.reports.entriesOf(name)}</span>
    </Link>
  );
}
