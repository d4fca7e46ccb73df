import type { ClockTime } from '@/lib/time/parse';
import { dayOf, instantAt } from '@/lib/time/zoned';

/** The latest instant not after now at which the clock showed `time`. */
export function latestInstantOf(time: ClockTime, timeZone: string, now: number): number {
  const today = dayOf(now, timeZone);
  const candidate = instantAt(today, time, timeZone).epochMilliseconds;
  return candidate <= now
    ? candidate
    : instantAt(today.subtract({ days: 1 }), time, timeZone).epochMilliseconds;
}
