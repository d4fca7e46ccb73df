import { afterEach, describe, expect, it } from 'vitest';
import { preferences, readPreferences, reloadPreferences, setPreferences } from './preferences';
import { formatClock, formatDuration, formatExactDuration, formatWeek } from './time/format';
import { parseDay, startOfWeek } from './time/zoned';

const day = (text: string) => parseDay(text) ?? expect.fail(text);

describe('preferences', () => {
  afterEach(() => {
    localStorage.clear();
    reloadPreferences();
  });

  it('are kept in the browser, and what cannot be read is the default', () => {
    setPreferences({ clock: 'h12', dailyHours: 7.5, shortcuts: false });
    reloadPreferences();
    expect(preferences()).toMatchObject({ clock: 'h12', dailyHours: 7.5, shortcuts: false });
    expect(readPreferences({ clock: 'h13', dailyHours: -1, density: 'compact' })).toMatchObject({
      clock: 'auto',
      dailyHours: 8,
      density: 'compact',
    });
    localStorage.setItem('clockwork.preferences.1', '{');
    reloadPreferences();
    expect(preferences().duration).toBe('minutes');
  });

  it('decide how a duration looks; what is exact stays exact', () => {
    expect(formatDuration(5400)).toBe('1:30');
    expect(formatDuration(7191)).toBe('2:00');
    setPreferences({ duration: 'seconds' });
    expect(formatDuration(7191)).toBe('1:59:51');
    setPreferences({ duration: 'decimal' });
    expect(formatDuration(6330)).toBe('1.76 h');
    expect(formatExactDuration(6330)).toBe('1:45:30');
  });

  it('decide between 12 and 24 hours, whatever the language of the browser has', () => {
    const at = '2026-01-05T13:30:00Z';
    expect(formatClock(at, 'UTC')).toBe('13:30');
    setPreferences({ clock: 'h12' });
    expect(formatClock(at, 'UTC')).toBe('1:30 pm');
    expect(formatClock('2026-01-05T00:05:00Z', 'UTC')).toBe('12:05 am');
  });

  it('decide on which day a week begins', () => {
    const wednesday = day('2026-01-07');
    expect(startOfWeek(wednesday).toString()).toBe('2026-01-05');
    setPreferences({ weekStart: 'sunday' });
    expect(startOfWeek(wednesday).toString()).toBe('2026-01-04');
    expect(startOfWeek(day('2026-01-04')).toString()).toBe('2026-01-04');
    setPreferences({ weekStart: 'saturday' });
    expect(startOfWeek(wednesday).toString()).toBe('2026-01-03');
    expect(formatWeek(day('2026-01-03'), wednesday)).toBe('This week');
  });
});
