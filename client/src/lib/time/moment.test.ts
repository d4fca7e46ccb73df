import { afterEach, expect, it } from 'vitest';
import { setPreferences } from '../preferences';
import { formatWallTime } from './format';
import { formatDayOf, formatExactMoment, formatMoment } from './moment';

const at = '2026-11-28T13:05:09Z';
const berlin = 'Europe/Berlin';

afterEach(() => setPreferences({ clock: 'auto' }));

it('shows moments and times on the wall by the clock that the person has chosen', () => {
  setPreferences({ clock: 'h24' });
  expect(formatMoment(at, berlin)).toBe('28 Nov 2026, 14:05');
  expect(formatExactMoment(at, berlin)).toBe('28 Nov 2026, 14:05:09');
  expect(formatMoment('2026-11-27T23:05:00Z', berlin)).toBe('28 Nov 2026, 00:05');
  expect(formatWallTime({ hour: 8, minute: 5 })).toBe('08:05');
  setPreferences({ clock: 'h12' });
  expect(formatMoment(at, berlin)).toMatch(/^28 Nov 2026, 2:05\spm$/i);
  expect(formatExactMoment(at, berlin)).toMatch(/^28 Nov 2026, 2:05:09\spm$/i);
  expect(formatWallTime({ hour: 14, minute: 5, second: 9 })).toBe('2:05:09 pm');
  expect(formatWallTime({ hour: 0, minute: 5 })).toBe('12:05 am');
  expect(formatDayOf(at, berlin)).toBe('28 Nov 2026');
});
