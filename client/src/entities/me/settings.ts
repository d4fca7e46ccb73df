/** The person's settings as the server keeps them, so that all devices agree. A server that has none yet leaves them to this browser. */
import type { Me, UpdateMe } from '@/api/types';
import type { Preferences } from '@/lib/preferences';

type Settings = Record<string, unknown>;

const HOUR_CYCLES = { h12: '12h', h24: '24h' } as const;
const DURATIONS = { seconds: 'h:mm:ss', minutes: 'h:mm', decimal: 'decimal' } as const;

function keyOf<T extends string>(names: Readonly<Record<T, string>>, value: unknown): T | undefined {
  return (Object.keys(names) as T[]).find((key) => names[key] === value);
}

/** The settings of an answer; null when the server has none. */
export function settingsOf(me: Me): Settings | null {
  const settings: unknown = 'settings' in me.user ? me.user.settings : null;
  return typeof settings === 'object' && settings !== null ? (settings as Settings) : null;
}

/** Settings as preferences; what was not chosen goes by the browser. */
export function toPreferences(settings: Settings): Partial<Preferences> {
  const { language, hourCycle, firstDayOfWeek, durationFormat, density, singleKeyShortcuts } = settings;
  return {
    language: language === 'en' || language === 'de' ? language : 'auto',
    clock: keyOf(HOUR_CYCLES, hourCycle) ?? 'auto',
    weekStart: typeof firstDayOfWeek === 'string' ? (firstDayOfWeek as Preferences['weekStart']) : 'auto',
    duration: keyOf(DURATIONS, durationFormat) ?? 'minutes',
    density: density === 'compact' ? 'compact' : 'comfortable',
    shortcuts: singleKeyShortcuts !== false,
  };
}

/** Preferences that were changed, as the server takes them; null when it keeps none of them. */
export function toUpdate(changes: Partial<Preferences>): UpdateMe | null {
  const { language, clock, weekStart, duration, density, shortcuts } = changes;
  const settings: Settings = {
    ...(language === undefined ? {} : { language: language === 'auto' ? null : language }),
    ...(clock === undefined ? {} : { hourCycle: clock === 'auto' ? null : HOUR_CYCLES[clock] }),
    ...(weekStart === undefined ? {} : { firstDayOfWeek: weekStart === 'auto' ? null : weekStart }),
    ...(duration === undefined ? {} : { durationFormat: DURATIONS[duration] }),
    ...(density === undefined ? {} : { density }),
    ...(shortcuts === undefined ? {} : { singleKeyShortcuts: shortcuts }),
  };
  return Object.keys(settings).length === 0 ? null : ({ settings } as UpdateMe);
}
