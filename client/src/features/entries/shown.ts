/** Lengths of weeks, days and entries as they are printed: each with the parts under it. */
import type { Entry } from '@/api/types';
import { secondsNow, type DayTotals } from '@/entities/entry/totals';
import { apportion, shownLengths, shownUnit, type Length, type Shown } from '@/lib/time/apportion';
import { pieceSeconds, totalSeconds, type Day, type Week } from '@/lib/time/timeline';

/** Totals of days by the server. */
export interface ServerTotals {
  asOf: string;
  byDate: ReadonlyMap<string, DayTotals>;
  timer: Entry | null | undefined;
}

export function isRunning(day: Day<Entry>): boolean {
  return day.pieces.some(({ to }) => to === null);
}

export function dayLength(day: Day<Entry>, totals: ServerTotals | undefined, now: number): Length {
  const told = totals?.byDate.get(day.date.toString());
  return {
    seconds:
      totals && told ? secondsNow(told, told, totals.asOf, totals.timer, now) : totalSeconds(day.pieces, now),
    running: isRunning(day),
  };
}

/** A week, and its days in their order; `total` where those of weeks are parts of a total above them. */
export function shownWeek(
  week: Week<Entry>,
  totals: ServerTotals | undefined,
  now: number,
  total?: number,
): Shown {
  return shownLengths(
    week.days.map((day) => dayLength(day, totals, now)),
    shownUnit(),
    total,
  );
}

/** Weeks under the total of all of them, by their first days; only once nothing is missing or runs. */
export function shownWeeks(weeks: readonly Week<Entry>[], now: number): ReadonlyMap<string, number> {
  const lengths = weeks.map((week) =>
    totalSeconds(
      week.days.flatMap((day) => day.pieces),
      now,
    ),
  );
  const shown = apportion(lengths, shownUnit());
  return new Map(weeks.map((week, index) => [week.first.toString(), shown[index] ?? 0]));
}

export interface Line {
  /** Its true seconds in the day. */
  seconds: number;
  /** What is printed. */
  shown: number;
}

/** The entries of a day by their ids, of each only its part in the day; together they are `dayShown`, as far as all are loaded. */
export function shownLines(
  day: Day<Entry>,
  totals: ServerTotals | undefined,
  dayShown: number,
  now: number,
): ReadonlyMap<string, Line> {
  const over = day.pieces.filter(({ to }) => to !== null);
  const seconds = over.map((piece) => pieceSeconds(piece, now));
  const running = isRunning(day);
  const known = seconds.reduce((sum, one) => sum + one, 0);
  // What is not loaded of a day is a line as well, which is not shown.
  const rest = running ? 0 : Math.max(0, dayLength(day, totals, now).seconds - known);
  const shown = apportion([...seconds, rest], shownUnit(), running ? undefined : dayShown);
  return new Map(
    over.map(({ span }, index) => [span.id, { seconds: seconds[index] ?? 0, shown: shown[index] ?? 0 }]),
  );
}
