import { ChevronLeft, ChevronRight, RotateCw } from 'lucide-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, type KeyboardEvent } from 'react';
import type { Temporal } from 'temporal-polyfill';
import { serverNow } from '@/api/server-clock';
import type { Entry } from '@/api/types';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { useCatalog } from '@/entities/catalog/catalog';
import { activeQuery, entryListQuery, entryRangeQuery } from '@/entities/entry/queries';
import { entryTotalsQuery, secondsNow } from '@/entities/entry/totals';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { useToday } from '@/entities/me/use-today';
import { useNow } from '@/hooks/use-now';
import { usePreferences } from '@/hooks/use-preferences';
import { cn } from '@/lib/cn';
import { formatDate, formatDurationWords, formatWeek, formatWeekday } from '@/lib/time/format';
import { shownLengths, shownUnit } from '@/lib/time/apportion';
import { groupByDay, pieceSeconds, type Piece } from '@/lib/time/timeline';
import { endOfDay, startOfDay, startOfWeek, toMillis, toTimestamp } from '@/lib/time/zoned';
import { t } from '@/messages/first';

/** An empty week without a target still has a scale. */
const SMALLEST_SCALE = 3600;

/** Seconds that a total may have more than its parts because it is rounded. */
const UNTOLD = 60;

interface WeekStripProps {
  /** Any day of the week that is shown. */
  day: Temporal.PlainDate;
  /** The day to which the list is narrowed. */
  selectedDay: string | undefined;
  onSelectDay: (day: string | undefined) => void;
  onWeek: (firstDay: string | undefined) => void;
  /** Offered when the week could not be loaded; absent where the page offers it already. */
  onRetry: (() => void) | undefined;
}

/** The week in one line: its total, and a bar for each day in the colours of its projects, all on one scale. */
export function WeekStrip({ day, selectedDay, onSelectDay, onWeek, onRetry }: WeekStripProps) {
  const timeZone = useTimeZone();
  const today = useToday();
  const { dailyHours } = usePreferences();
  const first = startOfWeek(day);
  const last = first.add({ days: 6 });
  const from = toTimestamp(startOfDay(first, timeZone));
  const to = toTimestamp(endOfDay(last, timeZone));
  // The week is all that was tracked, whatever the list is narrowed to.
  const totals = useQuery(entryTotalsQuery({ overlapFrom: from, overlapTo: to }, timeZone));
  const entries = useEntriesOf(from, to);
  const me = useQuery(meQuery);
  /** Days begin where the user's time zone says: until that is known, and until the totals are there, no total is a fact. */
  const known: Known = totals.data && (me.data ?? me.isError) ? 'yes' : totals.isError ? 'failed' : 'loading';
  const { data: timer } = useQuery(activeQuery);
  const firstText = first.toString();
  const pieces = useMemo(() => {
    const byDay = new Map<string, Piece<Entry>[]>();
    const days = { from: first, to: first.add({ days: 6 }) };
    for (const week of groupByDay(entries ?? [], timeZone, serverNow(), days)) {
      for (const found of week.days) byDay.set(found.date.toString(), found.pieces);
    }
    return byDay;
    // `today` is a reason to cut a running entry anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [entries, timeZone, firstText, today]);

  const isThisWeek = first.equals(startOfWeek(today));
  const target = dailyHours === null ? null : dailyHours * 3600;
  const now = useNow((totals.data?.running ?? 0) > 0);
  const shown = shownLengths(
    (totals.data?.days ?? []).map((day) => ({
      seconds: secondsNow(day, day, totals.data?.asOf ?? day.from, timer, now),
      running: day.running > 0 && now < toMillis(day.to),
    })),
    shownUnit(),
  );
  const byDate = new Map(totals.data?.days?.map(({ date }, index) => [date, shown.lengths[index] ?? 0]));
  const dayTotals = Array.from(
    { length: 7 },
    (_, index) => byDate.get(first.add({ days: index }).toString()) ?? 0,
  );
  const scale = Math.max(SMALLEST_SCALE, target ?? 0, ...dayTotals);
  const focused = selectedDay ?? today.toString();

  return (
    <section aria-label={t.week.label} className="flex items-center gap-2 max-sm:contents lg:gap-3">
      <div className="flex items-center">
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t.week.previous}
          onClick={() => onWeek(first.subtract({ days: 7 }).toString())}
        >
          <ChevronLeft aria-hidden />
        </Button>
        <h2 className="px-0.5 text-sm font-semibold whitespace-nowrap">{formatWeek(first, today)}</h2>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t.week.next}
          disabled={isThisWeek}
          onClick={() => {
            const next = first.add({ days: 7 });
            onWeek(next.equals(startOfWeek(today)) ? undefined : next.toString());
          }}
        >
          <ChevronRight aria-hidden />
        </Button>
      </div>
      {/* On a phone the total stands before its bars, in a line of their own. */}
      <span aria-hidden className="hidden max-sm:order-1 max-sm:block max-sm:basis-full" />
      <span className="min-w-14 text-base font-semibold tracking-tight whitespace-nowrap max-sm:order-1">
        {known === 'loading' ? (
          <span role="status" aria-label={t.week.loading}>
            <Skeleton className="h-5 w-14" />
          </span>
        ) : known === 'failed' ? (
          <span className="flex items-center gap-2 text-muted-foreground">
            <span role="img" aria-label={t.week.unknown}>
              –:––
            </span>
            {onRetry && (
              <Button size="sm" onClick={onRetry}>
                <RotateCw aria-hidden /> {t.action.retry}
              </Button>
            )}
          </span>
        ) : (
          <Duration seconds={shown.total} />
        )}
      </span>
      {/* The arrows are for the buttons in it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ol className="flex max-sm:order-2 max-sm:flex-1 max-sm:justify-between" onKeyDown={moveBetweenDays}>
        {dayTotals.map((total, index) => {
          const date = first.add({ days: index });
          const text = date.toString();
          return (
            <DayBar
              key={text}
              date={date}
              today={today}
              known={known}
              pieces={pieces.get(text) ?? []}
              total={total}
              now={now}
              scale={scale}
              target={target}
              selected={selectedDay === text}
              isStop={focused === text || (index === 0 && !hasDay(first, focused))}
              onSelect={() => onSelectDay(selectedDay === text ? undefined : text)}
            />
          );
        })}
      </ol>
    </section>
  );
}

/** The entries of a week, for the colours of its bars: most often they are at the beginning of the list, which is loaded anyway. */
function useEntriesOf(from: string, to: string): readonly Entry[] | undefined {
  const list = useInfiniteQuery(entryListQuery({}));
  const listed = useMemo(() => list.data?.pages.flatMap((page) => page.entries), [list.data]);
  const oldest = listed?.at(-1);
  const isListed =
    listed !== undefined &&
    (!list.hasNextPage || (oldest !== undefined && toMillis(oldest.startedAt) < toMillis(from)));
  const range = useQuery({ ...entryRangeQuery(from, to), enabled: listed !== undefined && !isListed });
  return isListed ? listed : range.data;
}

function hasDay(first: Temporal.PlainDate, day: string): boolean {
  return Array.from({ length: 7 }, (_, index) => first.add({ days: index }).toString()).includes(day);
}

/** One stop for all seven days; the arrows go from one to the next. */
function moveBetweenDays(event: KeyboardEvent<HTMLOListElement>): void {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined) return;
  const days = [...event.currentTarget.querySelectorAll('button')];
  const next = days[days.indexOf(event.target as HTMLButtonElement) + step];
  event.preventDefault();
  next?.focus();
}

type Known = 'yes' | 'loading' | 'failed';

interface DayBarProps {
  known: Known;
  date: Temporal.PlainDate;
  today: Temporal.PlainDate;
  pieces: readonly Piece<Entry>[];
  total: number;
  now: number;
  /** As many seconds as a full bar. */
  scale: number;
  target: number | null;
  selected: boolean;
  isStop: boolean;
  onSelect: () => void;
}

function DayBar({
  known,
  date,
  today,
  pieces,
  total,
  now,
  scale,
  target,
  selected,
  isStop,
  onSelect,
}: DayBarProps) {
  const catalog = useCatalog().data;
  const byProject = new Map<string, number>();
  for (const piece of pieces) {
    const { projectId } = piece.span;
    byProject.set(projectId, (byProject.get(projectId) ?? 0) + pieceSeconds(piece, now));
  }
  // Of what the entries do not tell, or not yet, the project is not known.
  const told = [...byProject.values()].reduce((sum, seconds) => sum + seconds, 0);
  if (total - told >= UNTOLD) byProject.set('', total - told);
  const parts = [...byProject].sort((a, b) => b[1] - a[1]);
  const heights = parts.map(([, seconds]) => (seconds / scale) * 100);
  const tops = heights.map(
    (_, index) => 100 - heights.slice(0, index + 1).reduce((sum, height) => sum + height, 0),
  );
  const length =
    known === 'loading'
      ? t.week.dayLoading
      : known === 'failed'
        ? t.week.dayUnknown
        : total === 0
          ? t.week.dayNothing
          : formatDurationWords(total);
  const label = t.week.day(formatDate(date, today), length);

  return (
    <li>
      <button
        type="button"
        tabIndex={isStop ? 0 : -1}
        aria-pressed={selected}
        aria-label={label}
        title={target === null ? label : `${label} · ${t.week.target(formatDurationWords(target))}`}
        onClick={onSelect}
        className={cn(
          'group flex h-10 w-8 flex-col items-center justify-end gap-0.5 rounded-lg px-1 pb-0.5 lg:w-9',
          selected ? 'bg-accent' : 'hover:bg-muted',
        )}
      >
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          aria-hidden
          className={cn(
            'h-6 w-full max-w-6 rounded-sm bg-muted group-hover:bg-border/70',
            known === 'loading' && 'animate-pulse',
          )}
        >
          {parts.map(([projectId], index) => (
            <rect
              key={projectId}
              x="0"
              width="100"
              y={tops[index]}
              height={heights[index]}
              fill={catalog?.project(projectId)?.color ?? 'currentColor'}
            />
          ))}
          {target !== null && target < scale && (
            <line
              x1="0"
              x2="100"
              y1={100 - (target / scale) * 100}
              y2={100 - (target / scale) * 100}
              stroke="var(--foreground)"
              strokeWidth="1"
              strokeDasharray="2 2"
              vectorEffect="non-scaling-stroke"
            />
          )}
        </svg>
        <span
          className={cn(
            'text-[0.6875rem] leading-none',
            date.equals(today) ? 'font-bold text-accent-foreground' : 'font-medium text-muted-foreground',
          )}
        >
          {formatWeekday(date)}
        </span>
      </button>
    </li>
  );
}
