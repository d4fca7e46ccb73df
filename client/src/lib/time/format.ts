import type { Temporal } from 'temporal-polyfill';
import { zoned, type Timestamp } from './zoned';

/** The texts are English; of the browser's languages only an English one decides how dates and times look. */
const locale =
  (typeof navigator === 'undefined' ? [] : navigator.languages).find((language) =>
    /^en(-|$)/i.test(language),
  ) ?? 'en-GB';

const clockFormat = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
const hour12 = clockFormat.resolvedOptions().hour12 === true;

/** `9:30 am` or `09:30`, as the browser's language has it. */
export function formatClock(at: Timestamp | number, timeZone: string): string {
  const { hour, minute } = zoned(at, timeZone);
  const minutes = String(minute).padStart(2, '0');
  if (!hour12) return `${String(hour).padStart(2, '0')}:${minutes}`;
  return `${hour % 12 === 0 ? 12 : hour % 12}:${minutes} ${hour < 12 ? 'am' : 'pm'}`;
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

/** `Today`, `Yesterday`, `Mon 3 March`, with the year when it is another one. */
export function formatDay(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  const distance = today.since(day, { largestUnit: 'days' }).days;
  if (distance === 0) return 'Today';
  if (distance === 1) return 'Yesterday';
  return formatDate(day, today);
}

/** The same within a sentence: `today`, `yesterday`, `Mon 3 March`. */
export function formatDayWithin(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  return formatDay(day, today).replace(/^(Today|Yesterday)$/, (word) => word.toLowerCase());
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
