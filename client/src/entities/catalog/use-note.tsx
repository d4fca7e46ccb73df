import { Link } from '@tanstack/react-router';
import { Duration } from '@/components/duration';
import { useTimeZone } from '@/entities/me/me';
import { useToday } from '@/entities/me/use-today';
import { cn } from '@/lib/cn';
import { formatDayWithin } from '@/lib/time/format';
import { dayOf } from '@/lib/time/zoned';
import { t } from '@/messages/later';
import type { Use } from './usage';

interface UseNoteProps {
  /** Whose time it is, for the name of the link. */
  name: string;
  use: Use | undefined;
  /** What the list of entries is narrowed to. */
  search: { project?: string; category?: string; client?: string; tag?: string[] };
  className?: string;
}

/** How much time something has and when it was used last: a link to its entries. */
export function UseNote({ name, use, search, className }: UseNoteProps) {
  const timeZone = useTimeZone();
  const today = useToday();
  const columns = cn(
    'flex shrink-0 flex-col items-end text-[0.8125rem] text-muted-foreground sm:flex-row sm:items-baseline',
    className,
  );
  if (!use) return <span className={columns} />;
  if (use.lastUsedAt === null)
    return (
      <span className={columns}>
        <span className="sm:w-30 sm:text-right">{t.usage.never}</span>
        <span className="hidden w-18 sm:block" />
      </span>
    );
  const last = formatDayWithin(dayOf(use.lastUsedAt, timeZone), today);
  return (
    <Link
      to="/"
      search={search}
      aria-label={t.usage.entriesOf(name, use.entries)}
      title={t.usage.lastUsed(last)}
      className={cn(columns, 'relative rounded-md hover:text-foreground hover:underline')}
    >
      <span className="order-2 max-w-30 truncate sm:order-0 sm:w-30 sm:text-right">{last}</span>
      <Duration seconds={use.seconds} className="font-semibold text-foreground sm:w-18 sm:text-right" />
    </Link>
  );
}
