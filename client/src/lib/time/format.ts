import type { Temporal } from 'temporal-polyfill';
import { t } from '@/messages/first';
import { currentLanguage, type Language } from '@/messages/language';
import { preferences } from '../preferences';
import { isRepeated, offsetMinutes, startOfWeek, zoned, type Timestamp, type WallTime } from './zoned';

/** Of the browser's languages, one of the language that is shown decides how dates and times look. */
function localeOf(language: Language): string {
  const known = typeof navigator === 'undefined' ? [] : navigator.languages;
  return (
    known.find((tag) => tag.toLowerCase().split('-')[0] === language) ??
    (language === 'de' ? 'de-DE' : 'en-GB')
  );
}

/** The locale of dates and numbers. */
export function locale(): string {
  return localeOf(currentLanguage());
}

const hour12Of = new Map<string, boolean>();

/** Whether hours are counted to 12, as the person has chosen. */
export function isHour12(): boolean {
  const { clock } = preferences();
  if (clock !== 'auto') return clock === 'h12';
  const tag = locale();
  let known = hour12Of.get(tag);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(tag, { hour: 'numeric' }).resolvedOptions().hour12 === true;
    hour12Of.set(tag, known);
  }
  return known;
}

interface ClockFormat {
  /** Seconds, when there are any: where a time is typed, none of it is hidden. */
  seconds?: boolean;
  /** The offset from UTC; by default only for a time that the clock shows twice on its day. */
  zone?: boolean;
}

/** A time on the wall as the person has chosen: `9:30 am` or `09:30`; with its seconds when there are any. */
export function formatWallTime({ hour, minute, second = 0 }: WallTime): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const rest = `${two(minute)}${second > 0 ? `:${two(second)}` : ''}`;
  return isHour12()
    ? `${hour % 12 === 0 ? 12 : hour % 12}:${rest} ${hour < 12 ? t.duration.am : t.duration.pm}`
    : `${two(hour)}:${rest}`;
}

/** When the clock of a time zone shows an instant; `02:40 CEST` in the hour that is repeated. */
export function formatClock(at: Timestamp | number, timeZone: string, options: ClockFormat = {}): string {
  const { hour, minute, second } = zoned(at, timeZone);
  const time = formatWallTime({ hour, minute, second: options.seconds ? second : 0 });
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
  const key = `${locale()} ${timeZone}`;
  let offsetFormat = offsetFormats.get(key);
  if (!offsetFormat) {
    offsetFormat = new Intl.DateTimeFormat(locale(), { timeZone, timeZoneName: 'short' });
    offsetFormats.set(key, offsetFormat);
  }
  const parts = offsetFormat.formatToParts(zoned(at, timeZone).epochMilliseconds);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** `1:02:03`: of what is running, and where a duration is typed. */
export function formatExactDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const minutes = String(Math.floor(whole / 60) % 60).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${minutes}:${String(whole % 60).padStart(2, '0')}`;
}

const decimals = new Map<string, Intl.NumberFormat>();

/** `1:02:03`, `1:02` or `1.03 h`, as the person has chosen; the last two to the nearest. */
export function formatDuration(seconds: number): string {
  switch (preferences().duration) {
    case 'seconds':
      return formatExactDuration(seconds);
    case 'minutes':
      return formatExactDuration(Math.round(Math.max(0, seconds) / 60) * 60).slice(0, -3);
    case 'decimal': {
      const tag = locale();
      let format = decimals.get(tag);
      if (!format) {
        format = new Intl.NumberFormat(tag, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
        decimals.set(tag, format);
      }
      return t.duration.hours(format.format(Math.max(0, seconds) / 3600));
    }
  }
}

/** `1 h 2 min`, for sentences. */
export function formatDurationWords(seconds: number): string {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  if (minutes < 60) return t.duration.minutes(minutes);
  const hours = formatNumber(Math.floor(minutes / 60));
  return minutes % 60 === 0 ? t.duration.hours(hours) : t.duration.hoursAndMinutes(hours, minutes % 60);
}

export function formatNumber(value: number): string {
  return new Intl.NumberFormat(locale()).format(value);
}

const dayFormats = new Map<string, Intl.DateTimeFormat>();

/** A date with the parts that are asked for. */
export function formatDateAs(day: Temporal.PlainDate, options: Intl.DateTimeFormatOptions): string {
  const noon = Date.UTC(day.year, day.month - 1, day.day, 12);
  const key = `${locale()} ${JSON.stringify(options)}`;
  let dayFormat = dayFormats.get(key);
  if (!dayFormat) {
    dayFormat = new Intl.DateTimeFormat(locale(), { ...options, timeZone: 'UTC' });
    dayFormats.set(key, dayFormat);
  }
  return dayFormat.format(noon);
}

function isAgo(day: Temporal.PlainDate, today: Temporal.PlainDate, days: number): boolean {
  return today.since(day, { largestUnit: 'days' }).days === days;
}

/** `Today`, `Yesterday`, `Mon 3 March`, with the year when it is another one. */
export function formatDay(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  if (isAgo(day, today, 0)) return t.day.today;
  if (isAgo(day, today, 1)) return t.day.yesterday;
  return formatDate(day, today);
}

/** The same within a sentence: `today`, `yesterday`, `Mon 3 March`. */
export function formatDayWithin(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  if (isAgo(day, today, 0)) return t.day.todayWithin;
  if (isAgo(day, today, 1)) return t.day.yesterdayWithin;
  return formatDate(day, today);
}

/** The date itself, never `Today`. */
export function formatDate(day: Temporal.PlainDate, today: Temporal.PlainDate): string {
  return formatDateAs(day, {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    ...(day.year === today.year ? {} : { year: 'numeric' }),
  });
}

export function formatWeekday(day: Temporal.PlainDate): string {
  return formatDateAs(day, { weekday: 'short' });
}

function formatShortDate(day: Temporal.PlainDate): string {
  return formatDateAs(day, { day: 'numeric', month: 'short' });
}

/** `This week`, `Last week`, or its first and last day. */
export function formatWeek(first: Temporal.PlainDate, today: Temporal.PlainDate): string {
  const weeks = startOfWeek(today).since(first, { largestUnit: 'days' }).days / 7;
  if (weeks === 0) return t.day.thisWeek;
  if (weeks === 1) return t.day.lastWeek;
  return formatWeekDays(first, today);
}

/** Its first and last day, with the year when it is another one. */
function formatWeekDays(first: Temporal.PlainDate, today: Temporal.PlainDate): string {
  const last = first.add({ days: 6 });
  const year = last.year === today.year ? '' : ` ${last.year}`;
  return t.day.range(formatShortDate(first), `${formatShortDate(last)}${year}`);
}
