import { CornerDownRight } from 'lucide-react';
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
import { totalSeconds, type Day, type Piece } from '@/lib/time/timeline';
import { dayOf } from '@/lib/time/zoned';
import { t } from '@/messages/first';
import type { Selection } from '../hooks/use-selection';
import { EntryRow, type RowActions } from './entry-row';

export interface DayContext {
  today: Temporal.PlainDate;
  overlaps: ReadonlyMap<string, Overlap[]>;
  selection: Selection;
  catalog: Catalog | undefined;
  tagById: ReadonlyMap<string, Tag>;
  timeZone: string;
  actions: RowActions;
  entryOf: (id: string) => Entry | undefined;
}

interface DayCardProps {
  day: Day<Entry>;
  /** Older entries of this day are not loaded yet. */
  partial: boolean;
  /** The rows of this piece: a day of very many entries is drawn in several. */
  started: readonly Entry[];
  isFirst: boolean;
  isLast: boolean;
  context: DayContext;
}

export function DayCard({ day, partial, started, isFirst, isLast, context }: DayCardProps) {
  const { today, overlaps, selection, timeZone, catalog, tagById, actions } = context;
  const ids = day.started.map((entry) => entry.id);
  const ticked = ids.filter(selection.has).length;
  const title = formatDay(day.date, today);
  const date = formatDate(day.date, today);
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
            <Total pieces={day.pieces} partial={partial} />
          </span>
        </header>
      )}
      <ul className="divide-y divide-border/70">
        {started.map((entry) => (
          <EntryRow
            key={rowKey(entry)}
            entry={entry}
            overlaps={overlaps.get(entry.id)}
            selected={selection.has(entry.id)}
            selecting={selection.active}
            onTick={selection.tick}
            timeZone={timeZone}
            catalog={catalog}
            tagById={tagById}
            actions={actions}
          />
        ))}
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
              <Total pieces={[piece]} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface TotalProps {
  pieces: readonly Piece<Entry>[];
  partial?: boolean;
}

/** The sum of pieces; it ticks while one of them runs. */
export function Total({ pieces, partial = false }: TotalProps) {
  const running = pieces.some((piece) => piece.to === null);
  const shown = running ? (
    <LiveTotal pieces={pieces} />
  ) : (
    <Duration seconds={totalSeconds(pieces, serverNow())} />
  );
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

function LiveTotal({ pieces }: { pieces: readonly Piece<Entry>[] }) {
  const now = useNow();
  return <Duration seconds={totalSeconds(pieces, now)} />;
}
