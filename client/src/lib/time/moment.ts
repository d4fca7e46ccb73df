import { locale } from './format';

/** A day with a time: `28 Nov 2026, 14:05`. */
export function formatMoment(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(at),
  );
}

/** A day alone. */
export function formatDay(at: string, timeZone: string): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone }).format(new Date(at));
}
