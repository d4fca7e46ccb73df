import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useMemo, useState } from 'react';
import { serverNow } from '@/api/server-clock';
import type { Entry } from '@/api/types';
import { formatWeek } from '@/lib/time/format';
import { usePreferences } from '@/hooks/use-preferences';
import { useScrollMargin } from '@/hooks/use-scroll-margin';
import { totalSeconds, type Day, type Week } from '@/lib/time/timeline';
import { linesOf, type Line } from '../lines';
import { moveInRows } from '../rows';
import { dayLength } from '../shown';
import { DayCard, WeekTotal, type DayContext } from './day-card';
import { EntryRow } from './entry-row';

/** So many rows are drawn as one piece; a day that has more is drawn in several. */
const MAX_ROWS = 20;
/** Heights before they are measured, in pixels. */
const ROW_HEIGHT = 41;
const HEADER_HEIGHT = 36;
const GAP_HEIGHT = 29;
const GAP = 12;
/** Days that are drawn above and below what is in view. */
const OVERSCAN = 1;

type Item =
  | { kind: 'week'; key: string; week: Week<Entry>; partial: boolean }
  | {
      kind: 'day';
      key: string;
      week: Week<Entry>;
      day: Day<Entry>;
      partial: boolean;
      lines: Line[];
      isFirst: boolean;
      isLast: boolean;
    };

function itemsOf(
  weeks: readonly Week<Entry>[],
  hasMore: boolean,
  told: string | undefined,
  toLines: (day: Day<Entry>, partial: boolean) => Line[],
): Item[] {
  return weeks.flatMap((week, weekIndex) => {
    const isLastWeek = hasMore && weekIndex === weeks.length - 1;
    const days = week.days.flatMap((day, index): Item[] => {
      const partial = isLastWeek && index === week.days.length - 1;
      const lines = toLines(day, partial);
      const pieces = Math.max(1, Math.ceil(lines.length / MAX_ROWS));
      return Array.from({ length: pieces }, (_, piece) => ({
        kind: 'day',
        key: `${day.date.toString()} ${piece}`,
        week,
        day,
        partial,
        lines: lines.slice(piece * MAX_ROWS, (piece + 1) * MAX_ROWS),
        isFirst: piece === 0,
        isLast: piece === pieces - 1,
      }));
    });
    const first = week.first.toString();
    if (first === told) return days;
    return [{ kind: 'week', key: `week ${first}`, week, partial: isLastWeek }, ...days];
  });
}

function heightOf(item: Item): number {
  if (item.kind === 'week') return HEADER_HEIGHT;
  const gaps = item.lines.filter(({ kind }) => kind === 'gap').length;
  const rows = item.lines.length - gaps + (item.isLast ? item.day.continued.length : 0);
  const heads = item.isFirst ? HEADER_HEIGHT : 0;
  return heads + rows * ROW_HEIGHT + gaps * GAP_HEIGHT + (item.isLast ? GAP : 0);
}

interface DayListProps {
  weeks: readonly Week<Entry>[];
  /** Older entries are not loaded yet. */
  hasMore: boolean;
  /** The first day of a week whose total stands above the list already. */
  told?: string | undefined;
  /** What the list is narrowed to hides entries: what looks like a gap is none. */
  filtered: boolean;
  context: Omit<DayContext, 'onFold'>;
}

/** The days, of which only those in view are drawn. */
export function DayList({ weeks, hasMore, told, filtered, context }: DayListProps) {
  const { totals, selection } = context;
  const { fold } = usePreferences();
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const isSelecting = selection.active;
  const isChangeable = context.Row === EntryRow;
  const items = useMemo(() => {
    const now = serverNow();
    const toLines = (day: Day<Entry>, partial: boolean) =>
      linesOf(day, {
        // Each can be ticked by itself.
        fold: fold && !isSelecting && isChangeable,
        unfolded,
        isComplete:
          !filtered &&
          isChangeable &&
          (totals
            ? dayLength(day, totals, now).seconds <= totalSeconds(day.pieces, now)
            : !partial && !hasMore),
        now,
      });
    return itemsOf(weeks, hasMore, told, toLines);
  }, [weeks, hasMore, told, filtered, fold, isSelecting, isChangeable, unfolded, totals]);
  const toggle = useCallback((entries: readonly Entry[], isFolded: boolean) => {
    setUnfolded((before) => {
      const next = new Set(before);
      for (const { id } of entries) {
        if (isFolded) next.delete(id);
        else next.add(id);
      }
      return next;
    });
  }, []);
  const inside = { ...context, onFold: toggle };
  const [list, scrollMargin] = useScrollMargin<HTMLDivElement>();
  const virtualizer = useWindowVirtualizer({
    count: items.length,
    estimateSize: (index) => {
      const item = items[index];
      return item ? heightOf(item) : 0;
    },
    getItemKey: (index) => items[index]?.key ?? index,
    overscan: OVERSCAN,
    scrollMargin,
  });
  const drawn = virtualizer.getVirtualItems();
  const before = (drawn[0]?.start ?? scrollMargin) - scrollMargin;
  const after = virtualizer.getTotalSize() - ((drawn.at(-1)?.end ?? scrollMargin) - scrollMargin);

  return (
    // The keys that move between rows; each row is a stop of its own.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={list}
      onKeyDown={(event) => isChangeable && moveInRows(event, context)}
      style={{ paddingTop: Math.max(0, before), paddingBottom: Math.max(0, after) }}
    >
      {drawn.map(({ index, key }) => {
        const item = items[index];
        if (!item) return null;
        return (
          <div
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            className={item.kind === 'week' || item.isLast ? 'pb-3' : undefined}
          >
            {item.kind === 'week' ? (
              <WeekHeader item={item} context={inside} />
            ) : (
              <DayCard
                week={item.week}
                day={item.day}
                partial={item.partial}
                lines={item.lines}
                isFirst={item.isFirst}
                isLast={item.isLast}
                context={inside}
              />
            )}
          </div>
        );
      })}
    </div>
  );
}

function WeekHeader({ item, context }: { item: Item & { kind: 'week' }; context: DayContext }) {
  const name = formatWeek(item.week.first, context.today);
  return (
    <header role="group" aria-label={name} className="-mb-1.5 flex items-baseline justify-between px-1">
      <h2 className="text-[0.8125rem] font-medium text-muted-foreground">{name}</h2>
      <span className="text-[0.8125rem] font-medium text-muted-foreground sm:pr-19">
        <WeekTotal week={item.week} partial={item.partial} context={context} />
      </span>
    </header>
  );
}
