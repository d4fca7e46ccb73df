import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Temporal } from 'temporal-polyfill';
import { Duration } from '@/components/duration';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { useToday } from '@/entities/me/use-today';
import { cn } from '@/lib/cn';
import { formatDateAs, formatDayWithin } from '@/lib/time/format';
import { dayOf } from '@/lib/time/zoned';
import { t } from '@/messages/later';
import type { Use } from './usage';

interface UseNoteProps {
  /** Whose time it is, for the name of the link. */
  name: string;
  use: Use | undefined;
  /** What the list of entries is narrowed to. */
  search: { project?: string; category?: string; client?: string; tag?: string[] };
  /** Whether a phone shows the hours only, beside names that are indented. */
  brief?: boolean;
  className?: string;
}

/** The day, short enough for its column: `today`, `yesterday`, `3 Mar`, with the year when it is another one. */
function shortDay(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  if (today.since(day, { largestUnit: 'days' }).days <= 1) return formatDayWithin(day, today);
  return formatDateAs(day, {
    day: 'numeric',
    month: 'short',
    ...(day.year === today.year ? {} : { year: 'numeric' }),
  });
}

/** How much time the user has tracked of something and when they did so last: a link to their entries. */
export function UseNote({ name, use, search, brief = false, className }: UseNoteProps) {
  const timeZone = useTimeZone();
  const today = useToday();
  // Where there are no accounts, there is nobody else.
  const isAlone = useQuery(meQuery).data?.authMode === 'none';
  const columns = cn(
    'flex shrink-0 flex-col items-end text-[0.8125rem] text-muted-foreground sm:flex-row sm:items-baseline',
    className,
  );
  if (!use) return <span className={columns} />;
  if (use.lastUsedAt === null)
    return (
      <span className={cn(columns, 'sm:w-52 sm:justify-end')}>
        {isAlone ? t.usage.never : t.usage.neverByYou}
      </span>
    );
  const day = dayOf(use.lastUsedAt, timeZone);
  const last = shortDay(day, today);
  return (
    <Link
      to="/"
      search={search}
      title={t.usage.lastUsed(formatDayWithin(day, today))}
      className={cn(columns, 'relative rounded-md hover:text-foreground hover:underline')}
    >
      <span
        className={cn(
          'order-2 max-w-34 truncate sm:order-0 sm:w-34 sm:text-right',
          brief && 'max-sm:sr-only',
        )}
      >
        {isAlone ? last : t.usage.byYou(last)}
      </span>{' '}
      <Duration seconds={use.seconds} className="font-semibold text-foreground sm:w-18 sm:text-right" />
      <span className="sr-only"> {t.usage.entriesOf(name, use.entries)}</span>
    </Link>
  );
}
