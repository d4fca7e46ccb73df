import { CornerDownRight } from 'lucide-react';
import { useMemo, type ComponentType } from 'react';
import type { Temporal } from 'temporal-polyfill';
import { serverNow } from '@/api/server-clock';
import type { Entry, Overlap, Tag } from '@/api/types';
import { Duration } from '@/components/duration';
import { Checkbox } from '@/components/ui/checkbox';
import type { Catalog } from '@/entities/catalog/catalog';
import { rowKey } from '@/entities/entry/pending';
import { cn } from '@/lib/cn';
import { useNow } from '@/hooks/use-now';
import { formatClock, formatDate, formatDay, formatDayWithin } from '@/lib/time/format';
import { pieceSeconds, type Day, type Piece, type Week } from '@/lib/time/timeline';
import { dayOf } from '@/lib/time/zoned';
import { t } from '@/messages/first';
import type { Selection } from '../hooks/use-selection';
import { isRunning, shownLines, shownWeek, type ServerTotals } from '../shown';
import type { Line } from '../lines';
import type { EntryRow, EntryRowProps, RowActions } from './entry-row';
import { GapRow, GroupRow } from './group-row';

export interface DayContext {
  today: Temporal.PlainDate;
  overlaps: ReadonlyMap<string, Overlap[]>;
  selection: Selection;
  catalog: Catalog | undefined;
  tagById: ReadonlyMap<string, Tag>;
  timeZone: string;
  actions: RowActions;
  /** Totals of days by the server, while not all entries are loaded. */
  totals: ServerTotals | undefined;
  /** What weeks are shown as where they are parts of a total above them, by their first days. */
  weekShown: ReadonlyMap<string, number> | undefined;
  /** Folds a group of entries that are alike, or unfolds it. */
  onFold: (entries: readonly Entry[], fold: boolean) => void;
  entryOf: (id: string) => Entry | undefined;
  /** How an entry is drawn: to be changed, or only to be read, of which nothing is there at first. */
  Row: typeof EntryRow | ComponentType<EntryRowProps> | undefined;
  /** The name of a member, where entries of others are shown. */
  memberOf: ((userId: string) => string | undefined) | undefined;
}

interface DayCardProps {
  week: Week<Entry>;
  day: Day<Entry>;
  /** Older entries of this day are not loaded yet. */
  partial: boolean;
  /** The lines of this piece: a day of very many entries is drawn in several. */
  lines: readonly Line[];
  isFirst: boolean;
  isLast: boolean;
  context: DayContext;
}

export function DayCard({ week, day, partial, lines, isFirst, isLast, context }: DayCardProps) {
  const { today, overlaps, selection, timeZone, catalog, tagById, actions, Row } = context;
  const ids = day.started.map((entry) => entry.id);
  const ticked = ids.filter(selection.has).length;
  const title = formatDay(day.date, today);
  const date = formatDate(day.date, today);
  const length = useShownDay(week, day, context);
  const { totals } = context;
  const shown = useMemo(() => shownLines(day, totals, length, serverNow()), [day, totals, length]);
  return (
    <section
      aria-label={title}
      className={cn(
        'overflow-hidden border-x bg-surface shadow-card',
        isFirst && 'rounded-t-xl border-t',
        isLast && 'rounded-b-xl',
        'border-b',
      )}
    >
      {isFirst && (
        <header className="flex items-center gap-2 border-b bg-muted/40 px-3 py-1.5 sm:px-4">
          {selection.active && ids.length > 0 && (
            <Checkbox
              checked={ticked === ids.length}
              indeterminate={ticked > 0 && ticked < ids.length}
              onCheckedChange={(on) => selection.set(ids, on)}
              label={t.entry.selectDay(title)}
            />
          )}
          <h3 className="text-sm font-semibold">{title}</h3>
          {title !== date && <span className="text-[0.8125rem] text-muted-foreground">{date}</span>}
          <span className="ml-auto flex items-center gap-1.5 text-sm font-semibold sm:pr-16">
            <Total seconds={length} partial={partial && !totals} />
          </span>
        </header>
      )}
      <ul className="divide-y divide-border/70">
        {lines.map((line) => {
          if (line.kind === 'gap')
            return (
              <GapRow
                key={line.key}
                from={line.from}
                to={line.to}
                timeZone={timeZone}
                onAdd={() => actions.addBetween(line.from, line.to)}
              />
            );
          if (line.kind === 'group')
            return (
              <GroupRow
                key={line.key}
                entries={line.entries}
                isOpen={line.isOpen}
                shownSeconds={line.entries.reduce((sum, { id }) => sum + (shown.get(id)?.shown ?? 0), 0)}
                timeZone={timeZone}
                catalog={catalog}
                onToggle={() => context.onFold(line.entries, line.isOpen)}
                onResume={actions.resume}
              />
            );
          const { entry } = line;
          return (
            Row && (
              <Row
                key={rowKey(entry)}
                entry={entry}
                inGroup={line.inGroup}
                seconds={shown.get(entry.id)?.seconds}
                shownSeconds={shown.get(entry.id)?.shown}
                overlaps={overlaps.get(entry.id)}
                selected={selection.has(entry.id)}
                selecting={selection.active}
                onTick={selection.tick}
                timeZone={timeZone}
                catalog={catalog}
                tagById={tagById}
                actions={actions}
                memberName={context.memberOf?.(entry.userId)}
              />
            )
          );
        })}
        {(isLast ? day.continued : []).map((piece) => (
          <li
            key={piece.span.id}
            className="flex items-center gap-2 px-3 py-2 text-[0.8125rem] text-muted-foreground sm:px-4"
          >
            <CornerDownRight aria-hidden className="size-4 shrink-0" />
            <span className="min-w-0 flex-1 truncate">
              {t.entry.continued(
                piece.span.description || t.entry.unnamed,
                formatDayWithin(dayOf(piece.span.startedAt, timeZone), today),
                formatClock(piece.span.startedAt, timeZone),
              )}
            </span>
            <span className="sm:pr-16">
              {piece.to === null ? (
                <LiveLength piece={piece} />
              ) : (
                <Duration seconds={shown.get(piece.span.id)?.shown ?? 0} />
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How a day is shown: with the others of its week it adds up to what the week is shown as. */
function useShownDay(week: Week<Entry>, day: Day<Entry>, { totals, weekShown }: DayContext): number {
  const now = useNow(isRunning(day));
  const { lengths } = shownWeek(week, totals, now, weekShown?.get(week.first.toString()));
  return lengths[week.days.indexOf(day)] ?? 0;
}

/** How a week is shown: what its days are shown as. */
export function WeekTotal({
  week,
  partial,
  context: { totals, weekShown },
}: {
  week: Week<Entry>;
  partial: boolean;
  context: DayContext;
}) {
  const now = useNow(week.days.some(isRunning));
  const { total } = shownWeek(week, totals, now, weekShown?.get(week.first.toString()));
  return <Total seconds={total} partial={partial} />;
}

function Total({ seconds, partial }: { seconds: number; partial: boolean }) {
  const shown = <Duration seconds={seconds} />;
  if (!partial) return shown;
  return (
    <span title={t.list.notAllLoaded} className="text-muted-foreground">
      <span role="img" aria-label={t.list.atLeast}>
        {'≥ '}
      </span>
      {shown}
    </span>
  );
}

/** The part of a running entry in the day that is today. */
function LiveLength({ piece }: { piece: Piece<Entry> }) {
  const now = useNow();
  return <Duration seconds={pieceSeconds(piece, now)} />;
}
