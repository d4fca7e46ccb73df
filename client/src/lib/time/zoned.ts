import type { Temporal } from 'temporal-polyfill';
import { preferences } from '../preferences';
import { temporal } from './temporal';

/** An instant as the API writes it: RFC 3339 in UTC. */
export type Timestamp = string;

function toInstant(at: Timestamp | number): Temporal.Instant {
  return typeof at === 'number' ? temporal.Instant.fromEpochMilliseconds(at) : temporal.Instant.from(at);
}

export function toMillis(at: Timestamp): number {
  return temporal.Instant.from(at).epochMilliseconds;
}

/** The API's form of an instant, to the second. */
export function toTimestamp(at: Temporal.Instant | number): Timestamp {
  const instant = typeof at === 'number' ? temporal.Instant.fromEpochMilliseconds(at) : at;
  return instant.toString({ smallestUnit: 'second' });
}

export function zoned(at: Timestamp | number, timeZone: string): Temporal.ZonedDateTime {
  return toInstant(at).toZonedDateTimeISO(timeZone);
}

/** The calendar day of an instant in `timeZone`. */
export function dayOf(at: Timestamp | number, timeZone: string): Temporal.PlainDate {
  return zoned(at, timeZone).toPlainDate();
}

/**
 * The first instant of a day in milliseconds. It is not always midnight: where the clocks spring
 * forward at 00:00 the day begins at 01:00.
 */
export function startOfDay(day: Temporal.PlainDate, timeZone: string): number {
  return day.toZonedDateTime({ timeZone }).startOfDay().epochMilliseconds;
}

/** The first instant after a day, in milliseconds; a day may last 23, 24 or 25 hours. */
export function endOfDay(day: Temporal.PlainDate, timeZone: string): number {
  return startOfDay(day.add({ days: 1 }), timeZone);
}

const WEEK_STARTS = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 7,
} as const;
const MONDAY = 1;

/** The browser's first day of the week, from 1 for Monday; Monday when it tells none. */
function readWeekStart(): number {
  try {
    const { languages } = navigator;
    const locale = new Intl.Locale(languages[0] ?? 'en-GB') as Intl.Locale & {
      getWeekInfo?: () => { firstDay: number };
      weekInfo?: { firstDay: number };
    };
    return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? MONDAY;
  } catch {
    return MONDAY;
  }
}

let browserWeekStart: number | undefined;

/** The first day of a day's week, as the person has chosen. */
export function startOfWeek(day: Temporal.PlainDate): Temporal.PlainDate {
  const { weekStart } = preferences();
  const first = weekStart === 'auto' ? (browserWeekStart ??= readWeekStart()) : WEEK_STARTS[weekStart];
  return day.subtract({ days: (day.dayOfWeek - first + 7) % 7 });
}

/** A time of day as a clock on the wall shows it. */
export interface WallTime {
  hour: number;
  minute: number;
  second?: number | undefined;
}

/**
 * The instants at which a clock on the wall shows `time` on `day`, in milliseconds: one on most days, two in the hour that is
 * repeated when the clocks go back. In the hour that the clocks skip it is the time moved on by that hour.
 */
export function instantsAt(day: Temporal.PlainDate, time: WallTime, timeZone: string): number[] {
  const { hour, minute, second = 0 } = time;
  const wall = day.toPlainDateTime(temporal.PlainTime.from({ hour, minute, second }));
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    wall.toZonedDateTime(timeZone, { disambiguation }),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
  if (earlier.epochMilliseconds === later.epochMilliseconds) return [earlier.epochMilliseconds];
  const isSkipped = !earlier.toPlainDateTime().equals(wall);
  return isSkipped ? [later.epochMilliseconds] : [earlier.epochMilliseconds, later.epochMilliseconds];
}

/** The first of {@link instantsAt}. */
export function instantAt(day: Temporal.PlainDate, time: WallTime, timeZone: string): Temporal.Instant {
  return temporal.Instant.fromEpochMilliseconds(instantsAt(day, time, timeZone)[0] ?? 0);
}

const DAY_MS = 24 * 3_600_000;

/** By zone and day of UTC: whether the clocks change within a day of it. */
const changes = new Map<string, boolean>();

/** Whether the offset of `timeZone` changes within a day of an instant. Cheap: lists of entries ask it for each time that they show. */
function changesNear(at: number, timeZone: string): boolean {
  const day = Math.floor(at / DAY_MS);
  const key = `${timeZone} ${day}`;
  let known = changes.get(key);
  if (known === undefined) {
    const before = zoned((day - 1) * DAY_MS, timeZone).offsetNanoseconds;
    const after = zoned((day + 2) * DAY_MS, timeZone).offsetNanoseconds;
    known = before !== after;
    if (changes.size > 10_000) changes.clear();
    changes.set(key, known);
  }
  return known;
}

/** Whether the clock shows the time of this instant twice on its day. */
export function isRepeated(at: Timestamp | number, timeZone: string): boolean {
  const millis = typeof at === 'number' ? at : toMillis(at);
  if (!changesNear(millis, timeZone)) return false;
  const shown = zoned(millis, timeZone);
  return instantsAt(shown.toPlainDate(), shown.toPlainTime(), timeZone).length > 1;
}

/** The offset from UTC at an instant, in minutes. */
export function offsetMinutes(at: Timestamp | number, timeZone: string): number {
  return zoned(at, timeZone).offsetNanoseconds / 60_000_000_000;
}

/** A day of an `<input type="date">` or of the URL; null when it is none. */
export function parseDay(text: string | undefined): Temporal.PlainDate | null {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  try {
    return temporal.PlainDate.from(text);
  } catch {
    return null;
  }
}
