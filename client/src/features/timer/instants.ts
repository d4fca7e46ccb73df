import type { ClockTime } from '@/lib/time/parse';
import { dayOf, instantAt } from '@/lib/time/zoned';

/** The first instant from `since` on at which the clock showed `time`. */
export function firstInstantOf(time: ClockTime, timeZone: string, since: number): number {
  const day = dayOf(since, timeZone);
  const candidate = instantAt(day, time, timeZone).epochMilliseconds;
  return candidate >= since ? candidate : instantAt(day.add({ days: 1 }), time, timeZone).epochMilliseconds;
}

/** The latest instant not after now at which the clock showed `time`. */
export function latestInstantOf(time: ClockTime, timeZone: string, now: number): number {
  const today = dayOf(now, timeZone);
  const candidate = instantAt(today, time, timeZone).epochMilliseconds;
  return candidate <= now
    ? candidate
    : instantAt(today.subtract({ days: 1 }), time, timeZone).epochMilliseconds;
}
