import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { cutAt, firstFrom, knowsZone, withDay, withDuration, withStart, withStop, type Times } from './edits';
import type { ClockTime } from './parse';
import { toMillis, toTimestamp } from './zoned';

const berlin = 'Europe/Berlin';
const newYork = 'America/New_York';
const now = toMillis('2026-11-27T12:00:00Z');

function times(start: string, stop: string): Times {
  return { start: toMillis(start), stop: toMillis(stop) };
}

function shown(result: Times) {
  return [toTimestamp(result.start), result.stop === null ? null : toTimestamp(result.stop)];
}

describe('editing times', () => {
  const morning = times('2026-11-20T08:00:00Z', '2026-11-20T09:30:00Z'); // 09:00 – 10:30

  it('moves the start and leaves the stop', () => {
    expect(shown(withStart(morning, { hour: 8, minute: 15 }, berlin, now))).toEqual([
      '2026-11-20T07:15:00Z',
      '2026-11-20T09:30:00Z',
    ]);
  });

  it('keeps the length when the start would come after the stop', () => {
    expect(shown(withStart(morning, { hour: 11, minute: 0 }, berlin, now))).toEqual([
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
    expect(shown(withStart(stopFirst, { hour: 11, minute: 0 }, berlin, now))).toEqual([
      '2026-11-20T10:00:00Z',
      '2026-11-20T11:00:00Z',
    ]);
  });

  it('leaves a stop that was days later where it is', () => {
    const days = times('2026-11-20T08:00:00Z', '2026-11-22T09:00:00Z');
    expect(shown(withStart(days, { hour: 8, minute: 0 }, berlin, now))).toEqual([
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

const clock = (hour: number, minute: number, more: Partial<ClockTime> = {}): ClockTime => ({
  hour,
  minute,
  ...more,
});

describe('a start after midnight', () => {
  const night = times('2026-10-08T21:00:00Z', '2026-10-09T00:00:00Z'); // Thu 23:00 – Fri 02:00

  it('is on the day on which the entry was going on', () => {
    expect(shown(withStart(night, clock(0, 30), berlin, now))).toEqual([
      '2026-10-08T22:30:00Z',
      '2026-10-09T00:00:00Z',
    ]);
  });

  it('is on the day of the start when only that comes before the stop', () => {
    expect(shown(withStart(night, clock(22, 15), berlin, now))[0]).toBe('2026-10-08T20:15:00Z');
    expect(shown(withStart(night, clock(9, 0), berlin, now))[0]).toBe('2026-10-08T07:00:00Z');
  });

  it('of a timer that runs is the one nearest to what was, not yesterday’s', () => {
    const running: Times = { start: toMillis('2026-10-08T21:00:00Z'), stop: null };
    const at = toMillis('2026-10-08T23:00:00Z'); // Fri 01:00
    expect(shown(withStart(running, clock(0, 30), berlin, at))[0]).toBe('2026-10-08T22:30:00Z');
    const early: Times = { start: toMillis('2026-10-09T07:00:00Z'), stop: null }; // Fri 09:00
    expect(shown(withStart(early, clock(23, 0), berlin, toMillis('2026-10-09T08:00:00Z')))[0]).toBe(
      '2026-10-08T21:00:00Z',
    );
  });

  it('that lies in the future stays there, to be refused, and is not read as one of yesterday', () => {
    const running: Times = { start: toMillis('2026-10-09T07:00:00Z'), stop: null };
    const at = toMillis('2026-10-09T08:30:20Z');
    expect(withStart(running, clock(10, 31), berlin, at).start).toBeGreaterThan(at);
  });
});

describe('the hour that is repeated', () => {
  const stopTyped = (start: string, stop: string, time: ClockTime, timeZone: string) =>
    shown(withStop(times(start, stop), time, timeZone))[1];
  const startTyped = (start: string, stop: string, time: ClockTime, timeZone: string) =>
    shown(withStart(times(start, stop), time, timeZone, now))[0];

  it('makes a stop of its second coming, not of the next day', () => {
    // 02:40 CEST – 02:10 CET, half an hour.
    expect(stopTyped('2026-10-25T00:40:00Z', '2026-10-25T01:10:00Z', clock(2, 20), berlin)).toBe(
      '2026-10-25T01:20:00Z',
    );
    expect(stopTyped('2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z', clock(1, 15), newYork)).toBe(
      '2026-11-01T06:15:00Z',
    );
  });

  it('takes the coming that is nearest to what was', () => {
    expect(startTyped('2026-11-01T06:40:00Z', '2026-11-01T07:30:00Z', clock(1, 45), newYork)).toBe(
      '2026-11-01T06:45:00Z',
    );
    expect(stopTyped('2026-11-01T05:40:00Z', '2026-11-01T06:50:00Z', clock(1, 45), newYork)).toBe(
      '2026-11-01T06:45:00Z',
    );
    const running: Times = { start: toMillis('2026-11-01T06:40:00Z'), stop: null };
    expect(shown(withStart(running, clock(1, 30), newYork, toMillis('2026-11-01T06:59:00Z')))[0]).toBe(
      '2026-11-01T06:30:00Z',
    );
  });

  it('takes the coming whose offset is typed', () => {
    const [start, stop] = ['2026-10-25T00:10:00Z', '2026-10-25T03:00:00Z'];
    expect(startTyped(start, stop, clock(2, 40, { zone: 'GMT+1' }), berlin)).toBe('2026-10-25T01:40:00Z');
    expect(startTyped(start, stop, clock(2, 40, { zone: '+02:00' }), berlin)).toBe('2026-10-25T00:40:00Z');
    expect(knowsZone(clock(2, 40, { zone: '+1' }), toMillis(start), berlin)).toBe(true);
    expect(knowsZone(clock(2, 40, { zone: 'PST' }), toMillis(start), berlin)).toBe(false);
  });

  it('is where a forgotten timer may be stopped and an entry cut', () => {
    const start = toMillis('2026-10-25T00:40:00Z'); // 02:40 CEST
    expect(toTimestamp(firstFrom(start, clock(2, 10), berlin))).toBe('2026-10-25T01:10:00Z');
    const span = { start, stop: toMillis('2026-10-25T01:30:00Z') };
    expect(toTimestamp(cutAt(span, start + 60_000, clock(2, 20), berlin))).toBe('2026-10-25T01:20:00Z');
  });

  it('does not make a stop before its start of an entry that moves out of it', () => {
    const repeated = times('2026-10-25T00:40:00Z', '2026-10-25T01:10:00Z');
    expect(shown(withDay(repeated, Temporal.PlainDate.from('2026-10-27'), berlin))).toEqual([
      '2026-10-27T01:40:00Z',
      '2026-10-27T02:10:00Z',
    ]);
  });
});

describe('seconds', () => {
  const short = times('2026-11-20T08:00:45Z', '2026-11-20T08:05:10Z'); // 09:00:45 – 09:05:10

  it('that are not shown do not push a stop to the next day', () => {
    expect(shown(withStop(short, clock(9, 0), berlin))[1]).toBe('2026-11-20T08:00:45Z');
    expect(toTimestamp(firstFrom(short.start, clock(9, 0), berlin))).toBe('2026-11-20T08:00:45Z');
  });

  it('that are typed are kept', () => {
    const morning = times('2026-11-20T08:00:00Z', '2026-11-20T10:30:00Z');
    expect(shown(withStop(morning, clock(9, 30, { second: 15 }), berlin))[1]).toBe('2026-11-20T08:30:15Z');
    expect(shown(withStart(short, clock(9, 1, { second: 5 }), berlin, now))[0]).toBe('2026-11-20T08:01:05Z');
  });
});
