import type { Temporal } from 'temporal-polyfill';
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

/** The calendar day on which an instant lies for somebody in `timeZone`. */
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

/** The Monday of a day's week: weeks are those of ISO 8601. */
export function startOfWeek(day: Temporal.PlainDate): Temporal.PlainDate {
  return day.subtract({ days: day.dayOfWeek - 1 });
}

/**
 * The instant at which a clock on the wall shows `time` on `day`. An hour that the clocks skip is
 * read with the offset before the change, an hour that comes twice as its first coming.
 */
export function instantAt(
  day: Temporal.PlainDate,
  time: { hour: number; minute: number },
  timeZone: string,
): Temporal.Instant {
  return day.toPlainDateTime(temporal.PlainTime.from(time)).toZonedDateTime(timeZone).toInstant();
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
