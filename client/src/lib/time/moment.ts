import { isHour12, locale } from './format';

function formatAt(at: string, timeZone: string, options: Intl.DateTimeFormatOptions): string {
  const isShort = isHour12();
  const hours = options.timeStyle ? ({ hourCycle: isShort ? 'h12' : 'h23' } as const) : {};
  const format = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone, ...options, ...hours });
  return format
    .formatToParts(new Date(at))
    .map(({ type, value }) => (isShort && type === 'hour' ? String(Number(value)) : value))
    .join('');
}

/** A day with a time, by the clock that the person has chosen: `28 Nov 2026, 14:05`. */
export function formatMoment(at: string, timeZone: string): string {
  return formatAt(at, timeZone, { timeStyle: 'short' });
}

/** The same to the second: `28 Nov 2026, 14:05:09`. */
export function formatExactMoment(at: string, timeZone: string): string {
  return formatAt(at, timeZone, { timeStyle: 'medium' });
}

/** The day of an instant: `28 Nov 2026`, never `Today`. */
export function formatDayOf(at: string, timeZone: string): string {
  return formatAt(at, timeZone, {});
}
