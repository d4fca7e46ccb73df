/** How an entry's times follow when one of them is changed. Times are in milliseconds. */
import type { Temporal } from 'temporal-polyfill';
import type { ClockTime } from '@/lib/time/parse';
import { dayOf, instantAt, zoned } from '@/lib/time/zoned';

export interface Times {
  start: number;
  /** Null while the entry runs. */
  stop: number | null;
}

const DAY_MS = 24 * 3_600_000;

function at(day: Temporal.PlainDate, time: ClockTime, timeZone: string): number {
  return instantAt(day, time, timeZone).epochMilliseconds;
}

/**
 * Another start on the same day. The stop stays, unless it would come first: then the length stays. A stop that was typed before
 * its start lies on the next day, and comes back from there.
 */
export function withStart(times: Times, time: ClockTime, timeZone: string): Times {
  const start = at(dayOf(times.start, timeZone), time, timeZone);
  const { stop } = times;
  if (stop === null) return { ...times, start };
  if (start > stop) return { start, stop: start + (stop - times.start) };
  if (stop - start < DAY_MS || stop - times.start >= DAY_MS) return { start, stop };
  return { start, stop: Math.max(start, zoned(stop, timeZone).subtract({ days: 1 }).epochMilliseconds) };
}

/** Another stop: the first time after the start at which the clock shows it, in the days that the entry spans. */
export function withStop(times: Times, time: ClockTime, timeZone: string): Times {
  const startDay = dayOf(times.start, timeZone);
  const spansDays = times.stop !== null && times.stop - times.start >= DAY_MS;
  let day = spansDays && times.stop !== null ? dayOf(times.stop, timeZone) : startDay;
  let stop = at(day, time, timeZone);
  if (stop < times.start) {
    day = day.add({ days: 1 });
    stop = at(day, time, timeZone);
  }
  return { ...times, stop };
}

/** The same times on the clock on another day. */
export function withDay(times: Times, day: Temporal.PlainDate, timeZone: string): Times {
  const start = zoned(times.start, timeZone);
  const shift = start.toPlainDate().until(day);
  const move = (millis: number) => zoned(millis, timeZone).add(shift).epochMilliseconds;
  return { start: move(times.start), stop: times.stop === null ? null : move(times.stop) };
}

/** Another length; the start stays. */
export function withDuration(times: Times, seconds: number): Times {
  return { ...times, stop: times.start + seconds * 1000 };
}
