import { afterEach, expect, it } from 'vitest';
import { setPreferences } from '@/lib/preferences';
import { scheduleLabel } from './schedule-labels';

afterEach(() => setPreferences({ clock: 'auto' }));

it('names the time of a schedule by the clock that the person has chosen', () => {
  const schedule = { every: 'week', weekday: 'monday', day: null, time: '14:00', timeZone: 'Europe/Berlin' };
  setPreferences({ clock: 'h24' });
  expect(scheduleLabel(schedule)).toBe('Every Monday at 14:00 (Europe/Berlin)');
  setPreferences({ clock: 'h12' });
  expect(scheduleLabel(schedule)).toBe('Every Monday at 2:00 pm (Europe/Berlin)');
});
