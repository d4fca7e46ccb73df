import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { toMillis, toTimestamp } from '@/lib/time/zoned';
import { withDay, withDuration, withStart, withStop, type Times } from './time-edits';

const berlin = 'Europe/Berlin';

function times(start: string, stop: string): Times {
  return { start: toMillis(start), stop: toMillis(stop) };
}

function shown(result: Times) {
  return [toTimestamp(result.start), result.stop === null ? null : toTimestamp(result.stop)];
}

describe('editing times', () => {
  const morning = times('2026-11-20T08:00:00Z', '2026-11-20T09:30:00Z'); // 09:00 – 10:30

  it('moves the start and leaves the stop', () => {
    expect(shown(withStart(morning, { hour: 8, minute: 15 }, berlin))).toEqual([
      '2026-11-20T07:15:00Z',
      '2026-11-20T09:30:00Z',
    ]);
  });

  it('keeps the length when the start would come after the stop', () => {
    expect(shown(withStart(morning, { hour: 11, minute: 0 }, berlin))).toEqual([
      '2026-11-20T10:00:00Z',
      '2026-11-20T11:30:00Z',
    ]);
  });

  it('reads a stop before the start as the next day', () => {
    expect(shown(withStop(morning, { hour: 1, minute: 0 }, berlin))[1]).toBe('2026-11-21T00:00:00Z');
  });

  it('takes times in either order: a stop that was typed first comes back from the next day', () => {
    const evening = times('2026-11-20T16:30:00Z', '2026-11-20T17:30:00Z'); // 17:30 – 18:30
    const stopFirst = withStop(evening, { hour: 12, minute: 0 }, berlin);
    expect(shown(withStart(stopFirst, { hour: 11, minute: 0 }, berlin))).toEqual([
      '2026-11-20T10:00:00Z',
      '2026-11-20T11:00:00Z',
    ]);
  });

  it('leaves a stop that was days later where it is', () => {
    const days = times('2026-11-20T08:00:00Z', '2026-11-22T09:00:00Z');
    expect(shown(withStart(days, { hour: 8, minute: 0 }, berlin))).toEqual([
      '2026-11-20T07:00:00Z',
      '2026-11-22T09:00:00Z',
    ]);
  });

  it('brings a stop back to the day of the start', () => {
    const night = times('2026-11-20T22:00:00Z', '2026-11-21T01:00:00Z'); // 23:00 – 02:00
    expect(shown(withStop(night, { hour: 23, minute: 45 }, berlin))[1]).toBe('2026-11-20T22:45:00Z');
  });

  it('keeps the last day of an entry of several days', () => {
    const long = times('2026-11-18T08:00:00Z', '2026-11-20T09:00:00Z');
    expect(shown(withStop(long, { hour: 9, minute: 0 }, berlin))[1]).toBe('2026-11-20T08:00:00Z');
  });

  it('moves to another day by the clock, also across the change of the clocks', () => {
    const summer = times('2026-10-24T07:00:00Z', '2026-10-24T08:00:00Z'); // 09:00 – 10:00
    expect(shown(withDay(summer, Temporal.PlainDate.from('2026-10-26'), berlin))).toEqual([
      '2026-10-26T08:00:00Z',
      '2026-10-26T09:00:00Z',
    ]);
  });

  it('sets the stop from a length', () => {
    expect(shown(withDuration(morning, 2700))[1]).toBe('2026-11-20T08:45:00Z');
  });
});
