/** A time on the clock, as typed. */
export interface ClockTime {
  hour: number;
  minute: number;
  /** Absent when only hours and minutes were typed. */
  second?: number;
  /** Which offset from UTC is meant, as typed and in capitals: `CET`, `GMT-4`, `+01:00`. For the hour that is repeated. */
  zone?: string;
}

const ZONE = /^(?=.{2,})(?!(?:[ap]\.?m\.?)$)(?:[a-z]{2,5})?(?:[+\u2212-]\d{1,2}(?::?\d{2})?)?$/;

/**
 * Reads what people type for a time of day: `9`, `930`, `0930`, `9:30`, `9:30:15`, `9.30`, `9h30`, `9.30pm`, `9 pm`, and any of them
 * with an offset behind it, as `2:40 CET`. Null when it cannot be a time.
 */
export function parseClock(text: string): ClockTime | null {
  const words = text.trim().toLowerCase().split(/\s+/);
  const last = words.at(-1) ?? '';
  const zone = words.length > 1 && ZONE.test(last) ? last : undefined;
  const typed = (zone === undefined ? words : words.slice(0, -1)).join(' ');
  const match = /^(\d{1,2})(?:\s*[:.,h]\s*(\d{2})|(\d{2}))?(?:[:.](\d{2}))?\s*([ap])?\.?m?\.?$/.exec(typed);
  if (!match) return null;
  const [, hours = '', afterSeparator, joined, seconds, half] = match;
  if (!half && /m\.?$/.test(typed)) return null;
  let hour = Number(hours);
  const minute = Number(afterSeparator ?? joined ?? '0');
  const second = Number(seconds ?? '0');
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half === 'p' ? 12 : 0);
  }
  if (hour > 23 || minute > 59 || second > 59) return null;
  return {
    hour,
    minute,
    ...(seconds === undefined ? {} : { second }),
    ...(zone === undefined ? {} : { zone: zone.toUpperCase() }),
  };
}

/** From when to when, as typed. */
export interface ClockRange {
  from: ClockTime;
  to: ClockTime;
}

/** Reads `9-11.30`, `9:00 – 11:30` or `9 to 11`; null when it is none. */
export function parseClockRange(text: string): ClockRange | null {
  const [first, second, ...others] = text.split(/\s*(?:-|–|—|\bto\b|\bbis\b)\s*/i);
  if (first === undefined || second === undefined || others.length > 0) return null;
  const [from, to] = [parseClock(first), parseClock(second)];
  return from && to && { from, to };
}

/** Whether what is typed is a time to the minute, so that nothing has to follow it. */
export function isToTheMinute(text: string): boolean {
  return /(?:\d[:.h]\d{2}|\d{4})(?:\s?[ap]\.?m\.?)?\s*$/i.test(text);
}

/** Eleven years, in seconds: more is a slip of the keyboard. */
const LONGEST = 100_000 * 3600;

/**
 * Reads what people type for a length of time, in seconds: `1h 30m`, `90m`, `1:30`, `1:30:15`, `1.5h`, `1,5`,
 * `45s`; a bare whole number is minutes. Null when it is none.
 */
export function parseDuration(text: string): number | null {
  const seconds = readDuration(text);
  return seconds !== null && seconds <= LONGEST ? seconds : null;
}

function readDuration(text: string): number | null {
  const typed = text.trim().toLowerCase().replaceAll(',', '.');
  if (typed === '') return null;

  const clock = /^(\d{1,4}):([0-5]\d)(?::([0-5]\d))?$/.exec(typed);
  if (clock) return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);

  if (/^\d+$/.test(typed)) return Number(typed) * 60;
  if (/^\d*\.\d+$/.test(typed)) return Math.round(Number(typed) * 3600);

  const units =
    /^(?:(\d+(?:\.\d+)?)\s*(?:h(?:ours?|rs?)?|std\.?|stunden?))?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in(?:uten?)?s?)?\.?)?\s*(?:(\d+)\s*(?:s(?:ec(?:ond)?s?)?|sek\.?))?$/.exec(
      typed,
    );
  if (units) {
    const [, hours = '0', minutes = '0', seconds = '0'] = units;
    return Math.round(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  }
  const hoursThenMinutes = /^(\d+)\s*h\s*(\d{1,2})$/.exec(typed);
  if (hoursThenMinutes) return Number(hoursThenMinutes[1]) * 3600 + Number(hoursThenMinutes[2]) * 60;
  return null;
}
