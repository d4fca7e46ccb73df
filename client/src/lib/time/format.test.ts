import { describe, expect, it } from 'vitest';
import { formatClock, formatClockRange } from './format';
import { toMillis } from './zoned';

const berlin = 'Europe/Berlin';

describe('formatClock', () => {
  it('names the offset of a time that the clock shows twice on its day, and of no other', () => {
    expect(formatClock('2026-10-25T00:40:00Z', berlin)).toBe('02:40 CEST');
    expect(formatClock('2026-10-25T01:10:00Z', berlin)).toBe('02:10 CET');
    expect(formatClock('2026-10-25T02:10:00Z', berlin)).toBe('03:10');
    expect(formatClock('2026-10-24T00:40:00Z', berlin)).toBe('02:40');
    expect(formatClock(toMillis('2026-03-29T01:30:00Z'), berlin)).toBe('03:30');
  });

  it('hides no seconds where a time is typed', () => {
    expect(formatClock('2026-11-20T08:00:45Z', berlin, { seconds: true })).toBe('09:00:45');
    expect(formatClock('2026-11-20T08:00:00Z', berlin, { seconds: true })).toBe('09:00');
    expect(formatClock('2026-11-20T08:00:45Z', berlin)).toBe('09:00');
  });
});

describe('formatClockRange', () => {
  it('names both offsets when the clocks changed in between', () => {
    expect(formatClockRange('2026-10-24T21:00:00Z', '2026-10-25T03:00:00Z', berlin)).toEqual([
      '23:00 CEST',
      '04:00 CET',
    ]);
    expect(formatClockRange('2026-10-26T08:00:00Z', '2026-10-26T09:00:00Z', berlin)).toEqual([
      '09:00',
      '10:00',
    ]);
  });
});
