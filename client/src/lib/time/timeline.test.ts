import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { cutAtMidnights, groupByDay, rangeBounds, totalSeconds, type Span } from './timeline';
import { endOfDay, instantAt, startOfDay, toMillis, toTimestamp } from './zoned';

const berlin = 'Europe/Berlin';
const now = toMillis('2026-11-21T12:00:00Z');
const hours = (seconds: number) => seconds / 3600;

function span(id: string, startedAt: string, stoppedAt: string | null): Span {
  return { id, startedAt, stoppedAt };
}

function totals(spans: Span[], timeZone: string, at = now) {
  return groupByDay(spans, timeZone, at).flatMap((week) =>
    week.days.map((day) => [day.date.toString(), hours(totalSeconds(day.pieces, at))]),
  );
}

describe('groupByDay', () => {
  it('asks the time zone, not UTC, which day an entry belongs to', () => {
    const late = [span('a', '2026-07-01T22:30:00Z', '2026-07-01T23:30:00Z')];
    expect(totals(late, berlin)).toEqual([['2026-07-02', 1]]);
    expect(totals(late, 'America/New_York')).toEqual([['2026-07-01', 1]]);
  });

  it('lists an entry over midnight where it began and counts each part in its day', () => {
    const night = span('a', '2026-11-10T22:00:00Z', '2026-11-11T01:30:00Z'); // 23:00 – 02:30 in Berlin
    const [week] = groupByDay([night], berlin, now);
    expect(week?.days.map((day) => [day.date.toString(), day.started.length, day.continued.length])).toEqual([
      ['2026-11-11', 0, 1],
      ['2026-11-10', 1, 0],
    ]);
    expect(totals([night], berlin)).toEqual([
      ['2026-11-11', 2.5],
      ['2026-11-10', 1],
    ]);
  });

  it('counts the 25 hours of the day on which the clocks go back', () => {
    const whole = span('a', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'); // midnight to midnight
    expect(totals([whole], berlin)).toEqual([['2026-10-25', 25]]);
  });

  it('counts the 23 hours of the day on which the clocks go forward', () => {
    const whole = span('a', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z');
    expect(totals([whole], berlin)).toEqual([['2026-03-29', 23]]);
  });

  it('counts real time across the night of the change, not what the clock shows', () => {
    const night = span('a', '2026-10-24T21:00:00Z', '2026-10-25T03:00:00Z'); // 23:00 – 04:00 on the clock, six hours
    expect(totals([night], berlin)).toEqual([
      ['2026-10-25', 5],
      ['2026-10-24', 1],
    ]);
  });

  it('begins a day at 01:00 where midnight is skipped', () => {
    const day = Temporal.PlainDate.from('2018-11-04');
    const first = startOfDay(day, 'America/Sao_Paulo');
    expect(new Date(first).toISOString()).toBe('2018-11-04T03:00:00.000Z');
    expect(hours((endOfDay(day, 'America/Sao_Paulo') - first) / 1000)).toBe(23);
  });

  it('lets a running entry reach to now', () => {
    const running = span('a', '2026-11-21T09:00:00Z', null);
    expect(totals([running], berlin)).toEqual([['2026-11-21', 3]]);
    expect(cutAtMidnights(running, berlin, now).at(-1)?.to).toBeNull();
  });

  it('does not make a second day of an entry that ends at midnight', () => {
    expect(totals([span('a', '2026-11-10T21:00:00Z', '2026-11-10T23:00:00Z')], berlin)).toEqual([
      ['2026-11-10', 2],
    ]);
  });

  it('keeps an entry of no length', () => {
    const [week] = groupByDay([span('a', '2026-11-10T10:00:00Z', '2026-11-10T10:00:00Z')], berlin, now);
    expect(week?.days[0]?.started).toHaveLength(1);
  });

  it('puts Sunday and Monday into different weeks, newest first', () => {
    const weeks = groupByDay(
      [
        span('sun', '2026-11-15T10:00:00Z', '2026-11-15T11:00:00Z'),
        span('mon', '2026-11-16T10:00:00Z', '2026-11-16T11:00:00Z'),
      ],
      berlin,
      now,
    );
    expect(weeks.map((week) => week.first.toString())).toEqual(['2026-11-16', '2026-11-09']);
  });

  it('cuts at the bounds of a range and finds what began the day before', () => {
    const day = Temporal.PlainDate.from('2026-11-11');
    const range = { from: day, to: day };
    const night = span('a', '2026-11-10T22:00:00Z', '2026-11-11T01:30:00Z');
    const weeks = groupByDay([night], berlin, now, range);
    expect(weeks).toHaveLength(1);
    expect(hours(totalSeconds(weeks[0]?.days[0]?.pieces ?? [], now))).toBe(2.5);
    const { from = 0, to = 0 } = rangeBounds(range, berlin);
    expect([toTimestamp(from), toTimestamp(to)]).toEqual(['2026-11-10T23:00:00Z', '2026-11-11T23:00:00Z']);
  });
});

describe('parts of an entry', () => {
  it('add up to its whole seconds, whatever fraction of a second it began at', () => {
    for (const fraction of ['000000', '000400', '400000', '999999']) {
      const startedAt = `2026-11-10T22:59:58.${fraction}Z`;
      const entry = { ...span('a', startedAt, '2026-11-10T23:00:02.500000Z'), durationSeconds: 4 };
      const [second = 0, first = 0] = groupByDay([entry], berlin, now).flatMap(({ days }) =>
        days.map((day) => totalSeconds(day.pieces, now)),
      );
      expect(first + second).toBe(4);
      // The seconds that are complete at midnight.
      expect(first).toBe(fraction === '000000' ? 2 : 1);
    }
  });
});

describe('instantAt', () => {
  const at = (day: string, hour: number, minute: number) =>
    instantAt(Temporal.PlainDate.from(day), { hour, minute }, berlin).toString();

  it('knows summer and winter', () => {
    expect(at('2026-07-01', 9, 30)).toBe('2026-07-01T07:30:00Z');
    expect(at('2026-12-01', 9, 30)).toBe('2026-12-01T08:30:00Z');
  });

  it('moves a time that does not exist on by the hour that is skipped', () => {
    expect(at('2026-03-29', 2, 30)).toBe('2026-03-29T01:30:00Z');
  });

  it('takes the first of two', () => {
    expect(at('2026-10-25', 2, 30)).toBe('2026-10-25T00:30:00Z');
  });
});
