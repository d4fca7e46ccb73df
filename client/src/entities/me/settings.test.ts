import { describe, expect, it } from 'vitest';
import type { Me } from '@/api/types';
import { settingsOf, toPreferences, toUpdate } from './settings';

const me = (settings?: unknown) =>
  ({
    user: { id: 'x', name: 'Ada', email: null, timeZone: null, ...(settings ? { settings } : {}) },
  }) as unknown as Me;

describe('the settings of a person', () => {
  it('are preferences by other names, and back', () => {
    const settings = {
      language: 'de',
      hourCycle: '12h',
      firstDayOfWeek: 'sunday',
      durationFormat: 'decimal',
      density: 'compact',
      singleKeyShortcuts: false,
    };
    const preferences = toPreferences(settings);
    expect(preferences).toEqual({
      language: 'de',
      clock: 'h12',
      weekStart: 'sunday',
      duration: 'decimal',
      density: 'compact',
      shortcuts: false,
    });
    expect(toUpdate(preferences)).toEqual({ settings });
  });

  it('that were not chosen go by the browser, and so does a language that there are no messages in', () => {
    expect(toPreferences({ language: 'fr', hourCycle: null, durationFormat: null })).toEqual({
      language: 'auto',
      clock: 'auto',
      weekStart: 'auto',
      duration: 'minutes',
      density: 'comfortable',
      shortcuts: true,
    });
    expect(toUpdate({ clock: 'auto' })).toEqual({ settings: { hourCycle: null } });
  });

  it('are left to the browser by a server that has none, and what only the browser keeps is not sent', () => {
    expect(settingsOf(me())).toBeNull();
    expect(settingsOf(me({ language: 'en' }))).toEqual({ language: 'en' });
    expect(toUpdate({ dailyHours: 6 })).toBeNull();
  });
});
