/** What stands under a day: its entries, those that are alike folded into one line, and the gaps between them. */
import type { Entry } from '@/api/types';
import type { Day } from '@/lib/time/timeline';

export type Line =
  | { kind: 'entry'; key: string; entry: Entry; inGroup: boolean }
  | { kind: 'group'; key: string; entries: readonly Entry[]; isOpen: boolean }
  | { kind: 'gap'; key: string; from: number; to: number };

/** Shorter ones are breaks, longer ones the end of work. */
const SMALLEST_GAP_MS = 30 * 60_000;
const LARGEST_GAP_MS = 8 * 3_600_000;

interface Options {
  /** Whether entries that are alike become one line. */
  fold: boolean;
  /** Entries whose groups are unfolded: what is changed stays where it is seen. */
  unfolded: ReadonlySet<string>;
  /** Whether everything that was tracked on the day is known: only then is a gap one. */
  isComplete: boolean;
  now: number;
}

function alike({ userId, categoryId, description, tagIds, billable }: Entry): string {
  return JSON.stringify([userId, categoryId, description, [...tagIds].sort(), billable]);
}

/** The gaps of a day, each by the entry that follows it. */
function gapsOf(day: Day<Entry>, now: number): Map<string, { from: number; to: number }> {
  const gaps = new Map<string, { from: number; to: number }>();
  let end: number | undefined;
  for (const piece of [...day.pieces].sort((a, b) => a.from - b.from)) {
    const length = end === undefined ? 0 : piece.from - end;
    if (end !== undefined && length >= SMALLEST_GAP_MS && length <= LARGEST_GAP_MS)
      gaps.set(piece.span.id, { from: end, to: piece.from });
    end = Math.max(end ?? 0, piece.to ?? now);
  }
  return gaps;
}

/** The lines of a day, newest first; a group stands where its newest entry does. */
export function linesOf(day: Day<Entry>, { fold, unfolded, isComplete, now }: Options): Line[] {
  const groups = new Map<string, Entry[]>();
  if (fold) {
    for (const entry of day.started) {
      if (entry.stoppedAt === null) continue;
      const like = alike(entry);
      groups.set(like, [...(groups.get(like) ?? []), entry]);
    }
  }
  const gaps = isComplete ? gapsOf(day, now) : new Map<string, { from: number; to: number }>();
  const date = day.date.toString();
  return day.started.flatMap((entry): Line[] => {
    const gap = gaps.get(entry.id);
    const after: Line[] = gap ? [{ kind: 'gap', key: `gap ${entry.id}`, ...gap }] : [];
    const one = (inGroup: boolean): Line => ({ kind: 'entry', key: entry.id, entry, inGroup });
    const like = alike(entry);
    const group = entry.stoppedAt === null ? undefined : groups.get(like);
    if (!group || group.length < 2) return [one(false), ...after];
    const key = `${date} ${like}`;
    const isOpen = group.some(({ id }) => unfolded.has(id));
    const head: Line[] = group[0] === entry ? [{ kind: 'group', key, entries: group, isOpen }] : [];
    return [...head, ...(isOpen ? [one(true)] : []), ...after];
  });
}
