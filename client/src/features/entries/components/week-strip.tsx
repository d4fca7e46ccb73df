import { ChevronLeft, ChevronRight, RotateCw } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, type KeyboardEvent } from 'react';
import type { Temporal } from 'temporal-polyfill';
import { serverNow } from '@/api/server-clock';
import type { Entry } from '@/api/types';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { useCatalog } from '@/entities/catalog/catalog';
import { activeQuery, entriesReachingQuery, entryRangeQuery, withoutRepeats } from '@/entities/entry/queries';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { useToday } from '@/entities/me/use-today';
import { useNow } from '@/hooks/use-now';
import { usePreferences } from '@/hooks/use-preferences';
import { cn } from '@/lib/cn';
import { formatDate, formatDurationWords, formatWeek, formatWeekday } from '@/lib/time/format';
import {
  groupByDay,
  pieceSeconds,
  startBounds,
  totalSeconds,
  withRunning,
  type Piece,
} from '@/lib/time/timeline';
import { startOfWeek, toTimestamp } from '@/lib/time/zoned';
import { t } from '@/messages/first';

/** The week is all that was tracked, whatever the list is narrowed to. */
const noFilters = {};

/** An empty week without a target still has a scale. */
const SMALLEST_SCALE = 3600;

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
  const bounds = startBounds({ from: first, to: last }, timeZone);
  const from = toTimestamp(bounds.from ?? 0);
  const range = useQuery(entryRangeQuery(from, toTimestamp(bounds.to ?? 0)));
  const reaching = useQuery(entriesReachingQuery(noFilters, from));
  const entries = useMemo(
    () => range.data && reaching.data && withoutRepeats(range.data, reaching.data),
    [range.data, reaching.data],
  );
  const me = useQuery(meQuery);
  /** Days begin where the user's time zone says: until that is known, and until the entries are there, no total is a fact. */
  const known: Known =
    entries && (me.data ?? me.isError) ? 'yes' : range.isError || reaching.isError ? 'failed' : 'loading';
  const { data: timer } = useQuery(activeQuery);
  const firstText = first.toString();
  const pieces = useMemo(() => {
    const byDay = new Map<string, Piece<Entry>[]>();
    const days = { from: first, to: first.add({ days: 6 }) };
    const spans = withoutRepeats(withRunning(entries ?? [], timer, startBounds(days, timeZone).from));
    for (const week of groupByDay(spans, timeZone, serverNow(), days)) {
      for (const found of week.days) byDay.set(found.date.toString(), found.pieces);
    }
    return byDay;
    // `today` is a reason to cut a running entry anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [entries, timer, timeZone, firstText, today]);

  const all = [...pieces.values()].flat();
  const isThisWeek = first.equals(startOfWeek(today));
  const target = dailyHours === null ? null : dailyHours * 3600;
  const now = useNow(all.some((piece) => piece.to === null));
  const totals = Array.from({ length: 7 }, (_, index) =>
    totalSeconds(pieces.get(first.add({ days: index }).toString()) ?? [], now),
  );
  const scale = Math.max(SMALLEST_SCALE, target ?? 0, ...totals);
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
      <span className="min-w-14 text-base font-semibold tracking-tight whitespace-nowrap">
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
          <Duration seconds={totalSeconds(all, now)} />
        )}
      </span>
      {/* The arrows are for the buttons in it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ol
        className="flex max-sm:order-last max-sm:basis-full max-sm:justify-between"
        onKeyDown={moveBetweenDays}
      >
        {totals.map((total, index) => {
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
          'group flex h-10 w-8 flex-col items-center justify-end gap-0.5 rounded-lg px-1 pb-0.5 max-sm:w-10 lg:w-9',
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
