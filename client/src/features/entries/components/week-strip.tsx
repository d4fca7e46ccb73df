import { ChevronLeft, ChevronRight, RotateCw } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Temporal } from 'temporal-polyfill';
import { useCatalog } from '@/entities/catalog/catalog';
import { activeQuery, entriesReachingQuery, entryRangeQuery, withoutRepeats } from '@/entities/entry/queries';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { serverNow } from '@/api/server-clock';
import type { Entry } from '@/api/types';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { Skeleton } from '@/components/ui/skeleton';
import { useNow } from '@/hooks/use-now';
import { useToday } from '@/entities/me/use-today';
import { cn } from '@/lib/cn';
import {
  formatDate,
  formatDurationWords,
  formatShortDate,
  formatWeek,
  formatWeekday,
} from '@/lib/time/format';
import {
  groupByDay,
  pieceSeconds,
  startBounds,
  totalSeconds,
  withRunning,
  type Piece,
} from '@/lib/time/timeline';
import { startOfWeek, toTimestamp } from '@/lib/time/zoned';

/** The week is all that was tracked, whatever the list is narrowed to. */
const noFilters = {};

/** A bar of so many seconds is as high as the strip, unless a day has more. */
const FULL_BAR = 8 * 3600;

interface WeekStripProps {
  /** Any day of the week that is shown. */
  day: Temporal.PlainDate;
  /** The day to which the list is narrowed. */
  selectedDay: string | undefined;
  onSelectDay: (day: string | undefined) => void;
  onWeek: (monday: string | undefined) => void;
  /** Offered when the week could not be loaded; absent where the page offers it already. */
  onRetry: (() => void) | undefined;
}

/** The week at a glance: a bar for each day, in the colours of its projects. */
export function WeekStrip({ day, selectedDay, onSelectDay, onWeek, onRetry }: WeekStripProps) {
  const timeZone = useTimeZone();
  const today = useToday();
  const monday = startOfWeek(day);
  const sunday = monday.add({ days: 6 });
  const bounds = startBounds({ from: monday, to: sunday }, timeZone);
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
  const mondayText = monday.toString();
  const pieces = useMemo(() => {
    const byDay = new Map<string, Piece<Entry>[]>();
    const days = { from: monday, to: monday.add({ days: 6 }) };
    const spans = withoutRepeats(withRunning(entries ?? [], timer, startBounds(days, timeZone).from));
    for (const week of groupByDay(spans, timeZone, serverNow(), days)) {
      for (const found of week.days) byDay.set(found.date.toString(), found.pieces);
    }
    return byDay;
    // `today` is a reason to cut a running entry anew.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [entries, timer, timeZone, mondayText, today]);

  const all = [...pieces.values()].flat();
  const running = all.some((piece) => piece.to === null);
  const isThisWeek = monday.equals(startOfWeek(today));

  return (
    <section aria-label="Week" className="mb-5 rounded-2xl border bg-surface p-3 shadow-card sm:p-4">
      <div className="mb-3 flex items-center gap-1">
        <div className="mr-auto min-w-0 pl-1">
          <h2 className="text-sm font-semibold">
            {formatWeek(monday, today)}
            {isThisWeek && (
              <span className="ml-2 font-normal text-muted-foreground max-sm:hidden">
                {formatShortDate(monday)} – {formatShortDate(sunday)}
              </span>
            )}
          </h2>
        </div>
        <span className="mr-2 text-lg font-semibold tracking-tight">
          {known === 'loading' ? (
            <span role="status" aria-label="Loading the week">
              <Skeleton className="h-5 w-20" />
            </span>
          ) : known === 'failed' ? (
            <span className="flex items-center gap-2 text-muted-foreground">
              <span role="img" aria-label="Total unknown">
                –:––
              </span>
              {onRetry && (
                <Button size="sm" onClick={onRetry}>
                  <RotateCw aria-hidden /> Try again
                </Button>
              )}
            </span>
          ) : running ? (
            <LiveWeekTotal pieces={all} />
          ) : (
            <Duration seconds={totalSeconds(all, serverNow())} />
          )}
        </span>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Previous week"
          onClick={() => onWeek(monday.subtract({ days: 7 }).toString())}
        >
          <ChevronLeft aria-hidden />
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Next week"
          disabled={isThisWeek}
          onClick={() => {
            const next = monday.add({ days: 7 });
            onWeek(next.equals(startOfWeek(today)) ? undefined : next.toString());
          }}
        >
          <ChevronRight aria-hidden />
        </Button>
      </div>
      <ol className="grid grid-cols-7 gap-1 sm:gap-2">
        {Array.from({ length: 7 }, (_, index) => {
          const date = monday.add({ days: index });
          const text = date.toString();
          return (
            <DayBar
              key={text}
              date={date}
              today={today}
              known={known}
              pieces={pieces.get(text) ?? []}
              selected={selectedDay === text}
              onSelect={() => onSelectDay(selectedDay === text ? undefined : text)}
            />
          );
        })}
      </ol>
    </section>
  );
}

function LiveWeekTotal({ pieces }: { pieces: readonly Piece<Entry>[] }) {
  return <Duration seconds={totalSeconds(pieces, useNow())} />;
}

type Known = 'yes' | 'loading' | 'failed';

interface DayBarProps {
  known: Known;
  date: Temporal.PlainDate;
  today: Temporal.PlainDate;
  pieces: readonly Piece<Entry>[];
  selected: boolean;
  onSelect: () => void;
}

function DayBar({ known, date, today, pieces, selected, onSelect }: DayBarProps) {
  const catalog = useCatalog().data;
  const now = useNow(pieces.some((piece) => piece.to === null));
  const total = totalSeconds(pieces, now);
  const byProject = new Map<string, number>();
  for (const piece of pieces) {
    const { projectId } = piece.span;
    byProject.set(projectId, (byProject.get(projectId) ?? 0) + pieceSeconds(piece, now));
  }
  const parts = [...byProject].sort((a, b) => b[1] - a[1]);
  const isToday = date.equals(today);
  const scale = 100 / Math.max(FULL_BAR, total);
  const heights = parts.map(([, seconds]) => Math.max(seconds > 0 ? 2 : 0, seconds * scale));
  const tops = heights.map(
    (_, index) => 100 - heights.slice(0, index + 1).reduce((sum, height) => sum + height, 0),
  );

  return (
    <li>
      <button
        type="button"
        aria-pressed={selected}
        aria-label={`${formatDate(date, today)}: ${
          known === 'loading'
            ? 'loading'
            : known === 'failed'
              ? 'unknown'
              : total === 0
                ? 'nothing'
                : formatDurationWords(total)
        }`}
        onClick={onSelect}
        className={cn(
          'group flex w-full flex-col items-center gap-1.5 rounded-xl px-1 py-2 hover:bg-muted',
          selected && 'bg-accent hover:bg-accent',
        )}
      >
        <span
          className={cn(
            'flex items-center gap-1 text-xs font-medium text-muted-foreground',
            isToday && 'font-semibold text-accent-foreground',
          )}
        >
          {formatWeekday(date)}
          <span className="max-sm:hidden">{date.day}</span>
        </span>
        <svg
          viewBox="0 0 100 100"
          preserveAspectRatio="none"
          aria-hidden
          className={cn(
            'h-14 w-full max-w-14 rounded-md bg-muted group-hover:bg-border/70',
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
        </svg>
        <span
          className={cn(
            'text-xs font-medium tabular',
            (total === 0 || known !== 'yes') && 'text-muted-foreground',
          )}
        >
          {known !== 'yes'
            ? known === 'loading'
              ? '…'
              : '–:––'
            : total === 0
              ? '–'
              : `${Math.floor(total / 3600)}:${String(Math.floor(total / 60) % 60).padStart(2, '0')}`}
        </span>
      </button>
    </li>
  );
}
