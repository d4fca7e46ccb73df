import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import type { Entry } from '@/api/types';
import { groupByDay } from '@/lib/time/timeline';
import { World } from '@/testing/world';
import { linesOf } from './lines';

const now = Date.parse('2026-01-06T20:00:00Z');

function setUp() {
  const world = new World();
  const site = world.project('Site');
  const design = world.category(site, 'Design');
  const entry = (from: string, to: string | null, description: string, more: Partial<Entry> = {}) =>
    world.entry(design, `2026-01-06T${from}:00Z`, to && `2026-01-06T${to}:00Z`, { description, ...more });
  const lines = (options: Partial<Parameters<typeof linesOf>[1]> = {}) => {
    const day = groupByDay(world.entries, 'UTC', now)[0]?.days[0];
    if (!day) throw new Error('no day');
    return linesOf(day, { fold: true, unfolded: new Set(), isComplete: true, now, ...options });
  };
  const told = (options?: Parameters<typeof lines>[0]) =>
    lines(options).map((line) => {
      if (line.kind === 'entry') return line.entry.description;
      if (line.kind === 'group') return `${line.entries[0]?.description ?? ''} x ${line.entries.length}`;
      const clock = (at: number) =>
        Temporal.Instant.fromEpochMilliseconds(at).toString({ smallestUnit: 'minute' }).slice(11, 16);
      return `gap ${clock(line.from)} ${clock(line.to)}`;
    });
  return { world, entry, lines, told };
}

describe('the lines of a day', () => {
  it('have what is alike once, where the newest of it stands, and all of it when that is unfolded', () => {
    const { entry, lines, told } = setUp();
    entry('08:00', '09:00', 'Mail');
    entry('09:00', '10:00', 'Review');
    entry('10:00', '11:00', 'Mail');
    entry('11:00', '12:00', 'Mail', { billable: true });
    entry('12:00', null, 'Mail');
    expect(told()).toEqual(['Mail', 'Mail', 'Mail x 2', 'Review']);
    const group = lines().find((line) => line.kind === 'group');
    expect(told({ unfolded: new Set(group?.entries.map(({ id }) => id)) })).toEqual([
      'Mail',
      'Mail',
      'Mail x 2',
      'Mail',
      'Review',
      'Mail',
    ]);
    expect(told({ fold: false })).toEqual(['Mail', 'Mail', 'Mail', 'Review', 'Mail']);
  });

  it('have gaps where nothing was tracked, which are neither breaks nor the end of work', () => {
    const { entry, told } = setUp();
    entry('00:00', '00:30', 'Night');
    entry('09:00', '10:00', 'One');
    entry('10:29', '11:00', 'Two');
    entry('11:30', '12:00', 'Three');
    // Within another one: what follows is measured from the end of that.
    entry('12:00', '15:00', 'Four');
    entry('12:30', '13:00', 'Five');
    entry('15:10', '16:00', 'Six');
    expect(told()).toEqual(['Six', 'Five', 'Four', 'Three', 'gap 11:00 11:30', 'Two', 'One', 'Night']);
  });

  it('have no gaps while something of the day is not known', () => {
    const { entry, told } = setUp();
    entry('09:00', '10:00', 'One');
    entry('11:00', '12:00', 'Two');
    expect(told({ isComplete: false })).toEqual(['Two', 'One']);
  });
});
