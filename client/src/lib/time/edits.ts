/** How an entry's times follow when one of them is typed. Times are in milliseconds. */
import type { Temporal } from 'temporal-polyfill';
import { formatOffset } from './format';
import type { ClockRange, ClockTime } from './parse';
import { temporal } from './temporal';
import { dayOf, instantsAt, offsetMinutes, zoned } from './zoned';

export interface Times {
  start: number;
  /** Null while the entry runs. */
  stop: number | null;
}

const DAY_MS = 24 * 3_600_000;

/** `+01:00`, `GMT-4`, `UTC+5:30` in minutes; null for a name. */
function readOffset(zone: string): number | null {
  const match = /^(?:GMT|UTC)?([+\u2212-])(\d{1,2})(?::?(\d{2}))?$/.exec(zone);
  if (!match) return null;
  const [, sign, hours, minutes = '0'] = match;
  return (sign === '+' ? 1 : -1) * (Number(hours) * 60 + Number(minutes));
}

function hasZone(at: number, zone: string, timeZone: string): boolean {
  const name = formatOffset(at, timeZone).toUpperCase();
  return name === zone || readOffset(zone) === offsetMinutes(at, timeZone);
}

/** Whether the offset that was typed is one that holds on a day around `near`. */
export function knowsZone({ zone }: ClockTime, near: number, timeZone: string): boolean {
  return zone === undefined || [near - DAY_MS, near, near + DAY_MS].some((at) => hasZone(at, zone, timeZone));
}

/** Every instant at which the clock shows what was typed, on `days` days from `first` on, in their order. */
function instantsFrom(first: Temporal.PlainDate, days: number, time: ClockTime, timeZone: string): number[] {
  const all = Array.from({ length: days }, (_, index) =>
    instantsAt(first.add({ days: index }), time, timeZone),
  ).flat();
  const { zone } = time;
  const meant = zone === undefined ? all : all.filter((at) => hasZone(at, zone, timeZone));
  return meant.length > 0 ? meant : all;
}

/** The one that is nearest to what was; of two at the same distance the earlier one. */
function nearest(instants: readonly number[], to: number): number | undefined {
  return [...instants].sort((a, b) => Math.abs(a - to) - Math.abs(b - to) || a - b)[0];
}

/** A time that was typed without seconds is any time of its minute: `start` when that lies in it, so that nothing comes before it. */
function notBefore(at: number, start: number, { second }: ClockTime): number | undefined {
  const reach = second === undefined ? 59_999 : 999;
  return at + reach < start ? undefined : Math.max(at, start);
}

/**
 * Another start: of the days that the entry spans, the time nearest to the start that was. The stop stays, unless it would come first:
 * then the length stays. A stop that was typed before its start lies on the next day, and comes back from there.
 *
 * The start of a running entry may also lie on the day before; callers must check that it does not lie in the future.
 */
export function withStart(times: Times, time: ClockTime, timeZone: string, now: number): Times {
  const { start: before, stop } = times;
  const day = dayOf(before, timeZone);
  const end = dayOf(stop ?? Math.max(before, now), timeZone);
  const hasNextDay = temporal.PlainDate.compare(end, day) > 0;
  const all =
    stop === null
      ? instantsFrom(day.subtract({ days: 1 }), hasNextDay ? 3 : 2, time, timeZone)
      : instantsFrom(day, hasNextDay ? 2 : 1, time, timeZone);
  const fitting = nearest(stop === null ? all : all.filter((at) => at <= stop), before);
  if (fitting === undefined) {
    const start = nearest(all, before) ?? before;
    return { start, stop: stop === null ? null : start + (stop - before) };
  }
  const start = fitting;
  if (stop === null || stop - start < DAY_MS || stop - before >= DAY_MS) return { start, stop };
  return { start, stop: Math.max(start, zoned(stop, timeZone).subtract({ days: 1 }).epochMilliseconds) };
}

/** Another stop: on the first day after the start on which the clock shows it, nearest to the stop that was; of an entry of days, on its last. */
export function withStop(times: Times, time: ClockTime, timeZone: string): Times {
  const { start, stop: before } = times;
  const spansDays = before !== null && before - start >= DAY_MS;
  const day = dayOf(spansDays ? before : start, timeZone);
  for (const candidate of [day, day.add({ days: 1 })]) {
    const after = instantsFrom(candidate, 1, time, timeZone).flatMap(
      (at) => notBefore(at, start, time) ?? [],
    );
    const stop = nearest(after, before ?? start);
    if (stop !== undefined) return { start, stop };
  }
  return times;
}

/** From when to when on a day; an end that comes first is on the next one. */
export function withRange(
  day: Temporal.PlainDate,
  { from, to }: ClockRange,
  timeZone: string,
): { start: number; stop: number } {
  const start = instantsFrom(day, 1, from, timeZone)[0] ?? 0;
  return { start, stop: firstFrom(start, to, timeZone) };
}

/** The first instant from `since` on at which the clock showed what was typed. */
export function firstFrom(since: number, time: ClockTime, timeZone: string): number {
  const found = instantsFrom(dayOf(since, timeZone), 2, time, timeZone).flatMap(
    (at) => notBefore(at, since, time) ?? [],
  );
  return found[0] ?? since;
}

/** Where to cut: the time that was typed inside of the entry, nearest to where it was to be cut before; where there is none, outside. */
export function cutAt(
  { start, stop }: { start: number; stop: number },
  before: number,
  time: ClockTime,
  timeZone: string,
): number {
  const all = instantsFrom(dayOf(before, timeZone).subtract({ days: 1 }), 3, time, timeZone);
  const inside = all.filter((at) => at > start && at < stop);
  return nearest(inside.length > 0 ? inside : all, before) ?? before;
}

/** The same times on the clock on another day; the length stays when the clock says that the stop would come first. */
export function withDay(times: Times, day: Temporal.PlainDate, timeZone: string): Times {
  const shift = dayOf(times.start, timeZone).until(day);
  const move = (millis: number) => zoned(millis, timeZone).add(shift).epochMilliseconds;
  const start = move(times.start);
  if (times.stop === null) return { start, stop: null };
  const stop = move(times.stop);
  return { start, stop: stop < start ? start + (times.stop - times.start) : stop };
}

/** Another length; the start stays. */
export function withDuration(times: Times, seconds: number): Times {
  return { ...times, stop: times.start + seconds * 1000 };
}
