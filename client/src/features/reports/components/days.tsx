import { useWindowVirtualizer } from '@tanstack/react-virtual';
import type { ReactNode } from 'react';
import type { Temporal } from 'temporal-polyfill';
import { usePrinting } from '@/hooks/use-printing';
import { useScrollMargin } from '@/hooks/use-scroll-margin';
import { formatDay } from '@/lib/time/format';
import { parseDay } from '@/lib/time/zoned';
import { t } from '@/messages/later';
import type { DayPiece } from '../list';
import type { ReportEntry } from '../queries';

/** Heights before they are measured, in pixels. */
const ROW_HEIGHT = 49;
const HEADER_HEIGHT = 44;
const OVERSCAN = 2;

interface DaysProps {
  pieces: readonly DayPiece[];
  today: Temporal.PlainDate;
  row: (entry: ReportEntry, seconds: number) => ReactNode;
}

/** The days, of which only those in view are drawn, and all of them on paper. */
export function Days({ pieces, today, row }: DaysProps) {
  const isPrinting = usePrinting();
  const [list, scrollMargin] = useScrollMargin<HTMLDivElement>();
  const virtualizer = useWindowVirtualizer({
    count: pieces.length,
    estimateSize: (index) => {
      const piece = pieces[index];
      return piece ? (piece.isFirst ? HEADER_HEIGHT : 0) + piece.entries.length * ROW_HEIGHT : 0;
    },
    getItemKey: (index) => pieces[index]?.key ?? index,
    overscan: OVERSCAN,
    scrollMargin,
  });
  const drawn = virtualizer.getVirtualItems();
  const indexes = isPrinting ? pieces.map((_, index) => index) : drawn.map(({ index }) => index);
  const before = isPrinting ? 0 : (drawn[0]?.start ?? scrollMargin) - scrollMargin;
  const after = isPrinting
    ? 0
    : virtualizer.getTotalSize() - ((drawn.at(-1)?.end ?? scrollMargin) - scrollMargin);
  return (
    <section
      ref={list}
      aria-label={t.reports.list}
      style={{ paddingTop: Math.max(0, before), paddingBottom: Math.max(0, after) }}
    >
      {indexes.map((index) => {
        const piece = pieces[index];
        if (!piece) return null;
        const day = parseDay(piece.day);
        const heading = day ? formatDay(day, today) : piece.day;
        return (
          <div
            key={piece.key}
            ref={virtualizer.measureElement}
            data-index={index}
            className={piece.isLast ? 'pb-3' : undefined}
          >
            {piece.isFirst && (
              <h2 className="px-1 pt-1 pb-2 text-[0.8125rem] font-medium text-muted-foreground">{heading}</h2>
            )}
            <ul
              aria-label={heading}
              className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card"
            >
              {piece.entries.map((entry, at) => row(entry, piece.shown[at] ?? 0))}
            </ul>
          </div>
        );
      })}
    </section>
  );
}
