/** How a person wants things shown. Kept in this browser, so that it is known before anything is drawn. */
import type { Language } from '@/messages/language';
import { recall, remember } from './storage';

export interface Preferences {
  /** `auto` is the browser's, in this and the next two. */
  language: 'auto' | Language;
  clock: 'auto' | 'h12' | 'h24';
  weekStart: 'auto' | 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
  /** `1:45:30`, `1:45` or `1.76 h`. */
  duration: 'seconds' | 'minutes' | 'decimal';
  density: 'comfortable' | 'compact';
  /** Whether a single key, such as `n`, runs a command. */
  shortcuts: boolean;
  /** The hours that are meant to be tracked on a day; null shows none. */
  dailyHours: number | null;
  /** Whether entries of a day that are alike are one line. */
  fold: boolean;
}

const CHOICES = {
  language: ['auto', 'en', 'de'],
  clock: ['auto', 'h12', 'h24'],
  weekStart: ['auto', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  duration: ['seconds', 'minutes', 'decimal'],
  density: ['comfortable', 'compact'],
} as const;

const DEFAULTS: Preferences = {
  language: 'auto',
  clock: 'auto',
  weekStart: 'auto',
  duration: 'minutes',
  density: 'comfortable',
  shortcuts: true,
  dailyHours: 8,
  fold: true,
};

const KEY = 'clockwork.preferences.1';
export const MAX_DAILY_HOURS = 24;

/** Takes of an unknown value what can be read, and the default for everything else. */
export function readPreferences(value: unknown): Preferences {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const read: Preferences = { ...DEFAULTS };
  for (const [name, choices] of Object.entries(CHOICES)) {
    const chosen = found[name];
    if ((choices as readonly unknown[]).includes(chosen)) Object.assign(read, { [name]: chosen });
  }
  if (typeof found.shortcuts === 'boolean') read.shortcuts = found.shortcuts;
  if (typeof found.fold === 'boolean') read.fold = found.fold;
  const { dailyHours } = found;
  if (dailyHours === null) read.dailyHours = null;
  if (typeof dailyHours === 'number' && dailyHours > 0 && dailyHours <= MAX_DAILY_HOURS)
    read.dailyHours = dailyHours;
  return read;
}

function load(): Preferences {
  try {
    return readPreferences(JSON.parse(recall(KEY) ?? 'null'));
  } catch {
    return DEFAULTS;
  }
}

let current = load();
const listeners = new Set<() => void>();

export function preferences(): Preferences {
  return current;
}

export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setPreferences(changes: Partial<Preferences>): void {
  current = readPreferences({ ...current, ...changes });
  remember(KEY, JSON.stringify(current));
  for (const listener of listeners) listener();
}

/** Reads them anew: for tests. */
export function reloadPreferences(): void {
  current = load();
  for (const listener of listeners) listener();
}
