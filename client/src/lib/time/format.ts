import type { Temporal } from 'temporal-polyfill';
import { isRepeated, offsetMinutes, zoned, type Timestamp } from './zoned';

/** The texts are English; of the browser's languages only an English one decides how dates and times look. */
const locale =
  (typeof navigator === 'undefined' ? [] : navigator.languages).find((language) =>
    /^en(-|$)/i.test(language),
  ) ?? 'en-GB';

const clockFormat = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
const hour12 = clockFormat.resolvedOptions().hour12 === true;

interface ClockFormat {
  /** Seconds, when there are any: where a time is typed, none of it is hidden. */
  seconds?: boolean;
  /** The offset from UTC; by default only for a time that the clock shows twice on its day. */
  zone?: boolean;
}

/** `9:30 am` or `09:30`, as the browser's language has it; `02:40 CEST` in the hour that is repeated. */
export function formatClock(at: Timestamp | number, timeZone: string, options: ClockFormat = {}): string {
  const { hour, minute, second } = zoned(at, timeZone);
  const two = (part: number) => String(part).padStart(2, '0');
  const rest = `${two(minute)}${options.seconds && second > 0 ? `:${two(second)}` : ''}`;
  const time = hour12
    ? `${hour % 12 === 0 ? 12 : hour % 12}:${rest} ${hour < 12 ? 'am' : 'pm'}`
    : `${two(hour)}:${rest}`;
  return (options.zone ?? isRepeated(at, timeZone)) ? `${time} ${formatOffset(at, timeZone)}` : time;
}

/** From when to when; with their offsets when the clocks changed in between, for then the times do not tell how long it was. */
export function formatClockRange(
  startedAt: Timestamp | number,
  stoppedAt: Timestamp | number,
  timeZone: string,
): [string, string] {
  const options: ClockFormat =
    offsetMinutes(startedAt, timeZone) === offsetMinutes(stoppedAt, timeZone) ? {} : { zone: true };
  return [formatClock(startedAt, timeZone, options), formatClock(stoppedAt, timeZone, options)];
}

const offsetFormats = new Map<string, Intl.DateTimeFormat>();

/** The name of the offset from UTC that holds at an instant: `CEST`, `GMT-4`. */
export function formatOffset(at: Timestamp | number, timeZone: string): string {
  let offsetFormat = offsetFormats.get(timeZone);
  if (!offsetFormat) {
    offsetFormat = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' });
    offsetFormats.set(timeZone, offsetFormat);
  }
  const parts = offsetFormat.formatToParts(zoned(at, timeZone).epochMilliseconds);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** `1:02:03`: the one way in which lengths of time are shown, so that what is shown adds up. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = String(Math.floor(whole / 60) % 60).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

/** `1 h 2 min`, for sentences. */
export function formatDurationWords(seconds: number): string {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function format(day: Temporal.PlainDate, options: Intl.DateTimeFormatOptions): string {
  const noon = Date.UTC(day.year, day.month - 1, day.day, 12);
  return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' }).format(noon);
}

function isAgo(day: Temporal.PlainDate, today: Temporal.PlainDate, days: number): boolean {
  return today.since(day, { largestUnit: 'days' }).days === days;
}

/** `Today`, `Yesterday`, `Mon 3 March`, with the year when it is another one. */
export function formatDay(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  if (isAgo(day, today, 0)) return 'Today';
  if (isAgo(day, today, 1)) return 'Yesterday';
  return formatDate(day, today);
}

/** The same within a sentence: `today`, `yesterday`, `Mon 3 March`. */
export function formatDayWithin(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  if (isAgo(day, today, 0)) return 'today';
  if (isAgo(day, today, 1)) return 'yesterday';
  return formatDate(day, today);
}

/** The date itself, never `Today`. */
export function formatDate(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  return format(day, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    ...(day.year === today.year ? {} : { year: 'numeric' }),
  });
}

export function formatWeekday(day: Temporal.PlainDate): string {
  return format(day, { weekday: 'short' });
}

export function formatShortDate(day: Temporal.PlainDate): string {
  return format(day, { day: 'numeric', month: 'short' });
}

/** `This week`, `Last week`, or its first and last day. */
export function formatWeek(monday: Temporal.PlainDate, today: Temporal.PlainDate): string {
  const thisMonday = today.subtract({ days: today.dayOfWeek - 1 });
  const weeks = thisMonday.since(monday, { largestUnit: 'days' }).days / 7;
  if (weeks === 0) return 'This week';
  if (weeks === 1) return 'Last week';
  const sunday = monday.add({ days: 6 });
  const year = sunday.year === today.year ? '' : ` ${sunday.year}`;
  return `${formatShortDate(monday)} – ${formatShortDate(sunday)}${year}`;
}
