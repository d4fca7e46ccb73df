/** The entries of a report by the day on which they began. */
import { dayOf } from '@/lib/time/zoned';
import type { ReportEntry } from './queries';

/** So many rows are drawn as one piece; a day that has more is drawn in several. */
const MAX_ROWS = 20;

export interface DayPiece {
  key: string;
  /** As `2026-03-02`. */
  day: string;
  entries: ReportEntry[];
  /** Their seconds, as they are printed. */
  shown: number[];
  /** The day begins, or ends, with this piece. */
  isFirst: boolean;
  isLast: boolean;
}

export function daysIn(
  entries: readonly ReportEntry[],
  shown: readonly number[],
  timeZone: string,
): DayPiece[] {
  const pieces: DayPiece[] = [];
  entries.forEach((entry, index) => {
    const day = dayOf(entry.startedAt, timeZone).toString();
    let piece = pieces.at(-1);
    const isSameDay = piece?.day === day;
    if (!piece || !isSameDay || piece.entries.length >= MAX_ROWS) {
      if (piece && isSameDay) piece.isLast = false;
      piece = { key: `${day} ${entry.id}`, day, entries: [], shown: [], isFirst: !isSameDay, isLast: true };
      pieces.push(piece);
    }
    piece.entries.push(entry);
    piece.shown.push(shown[index] ?? 0);
  });
  return pieces;
}

/**
 * Lengths of a list that comes in pages, as they are shown: together they are the rounded sum, wherever the list ends. Each is less than
 * a unit from its true length, and none of them changes when more follow.
 */
export function apportionInOrder(lengths: readonly number[], unit: number): number[] {
  let sum = 0;
  let shown = 0;
  return lengths.map((seconds) => {
    sum += seconds;
    const before = shown;
    shown = Math.round(sum / unit) * unit;
    return shown - before;
  });
}
