import { afterEach, describe, expect, it } from 'vitest';
import { setPreferences } from '@/lib/preferences';
import { parseDay } from '@/lib/time/zoned';
import { chartOf, labelStep, scaleFor, slice } from './chart';
import { formatChange, formatTenths } from './labels';
import { apportionInOrder, daysIn } from './list';
import type { Group, ReportEntry, Summary, Totals } from './queries';
import { sharesOf, summaryRows, unfoldable, type Row } from './rows';

const today = parseDay('2026-11-28') ?? expect.fail();

function totals(seconds: number, entries = 1): Totals {
  return {
    entries,
    running: 0,
    durationSeconds: seconds,
    billableSeconds: 0,
    roundedSeconds: seconds,
    roundedBillableSeconds: 0,
  };
}

function group(key: string | null, seconds: number, more: Partial<Group> = {}): Group {
  return { key, name: key, color: null, ...totals(seconds, more.entries), ...more };
}

function summary(groupBy: string[], groups: Group[], more: Partial<Summary> = {}): Summary {
  const sum = groups.reduce(
    (all, { roundedSeconds, subtree, depth }) =>
      all + (depth ? 0 : (subtree?.roundedSeconds ?? roundedSeconds)),
    0,
  );
  return {
    asOf: '2026-11-28T10:00:00Z',
    timeZone: 'Europe/Berlin',
    firstDayOfWeek: 'monday',
    attribution: 'split',
    rounding: null,
    groupBy,
    groupsOverlap: false,
    fromDate: '2026-11-23',
    toDate: '2026-11-29',
    from: '2026-11-22T23:00:00Z',
    to: '2026-11-29T23:00:00Z',
    total: totals(sum, groups.length),
    groups,
    ...more,
  };
}

function tree(rows: readonly Row[]): unknown[] {
  return rows.map(({ label, seconds, share, children }) =>
    children.length > 0 ? [label, seconds, share, tree(children)] : [label, seconds, share],
  );
}

function add(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((sum, row) => sum + of(row), 0);
}

describe('the table of a summary', () => {
  afterEach(() => setPreferences({ duration: 'minutes' }));

  it('adds up at every level, as it is printed', () => {
    const seconds = [1_201, 1_201, 1_201, 7_777, 61, 29];
    const groups = seconds.map((one, index) =>
      group(`p${index}`, one, {
        groups: [group('a', Math.floor(one / 3)), group('b', one - Math.floor(one / 3))],
      }),
    );
    for (const unit of [1, 36, 60]) {
      const rows = summaryRows(summary(['project', 'description'], groups), unit, {
        catalog: undefined,
        today,
      });
      const total = Math.round(seconds.reduce((all, one) => all + one, 0) / unit) * unit;
      expect(add(rows, (row) => row.seconds)).toBe(total);
      expect(add(rows, (row) => row.share)).toBe(1_000);
      for (const row of rows) {
        expect(add(row.children, (child) => child.seconds)).toBe(row.seconds);
        expect(add(row.children, (child) => child.share)).toBe(row.share);
        expect(Math.abs(row.seconds - row.totals.roundedSeconds)).toBeLessThan(unit);
      }
    }
  });

  it('has categories as their tree, with what is tracked in a category itself beside those below it', () => {
    const report = summary(
      ['category', 'description'],
      [
        group('design', 600, {
          depth: 0,
          subtree: totals(1_800, 3),
          groups: [group('sketch', 600), group('draft', 0, { entries: 0, subtree: totals(1_200) })],
        }),
        group('logo', 1_200, { depth: 1, subtree: totals(1_200), groups: [group('draft', 1_200)] }),
        group('build', 0, { depth: 0, entries: 0, subtree: totals(1_800) }),
        group('server', 1_800, { depth: 1, subtree: totals(1_800), groups: [group('x', 1_800)] }),
      ],
    );
    const rows = summaryRows(report, 60, { catalog: undefined, today });
    expect(tree(rows)).toEqual([
      [
        'design',
        1_800,
        500,
        [
          ['logo', 1_200, 333, [['draft', 1_200, 333]]],
          ['Directly in design', 600, 167, [['sketch', 600, 167]]],
        ],
      ],
      ['build', 1_800, 500, [['server', 1_800, 500, [['x', 1_800, 500]]]]],
    ]);
    expect(unfoldable(rows)).toHaveLength(5);
    const own = rows[0]?.children[1] ?? expect.fail();
    expect(own.steps).toEqual([expect.objectContaining({ grouping: 'category', own: true })]);
  });

  it('leaves tags as they are: an entry with two of them counts in both', () => {
    const report = summary(['tag'], [group('a', 3_600), group('b', 3_600)], {
      groupsOverlap: true,
      total: totals(3_600, 1),
    });
    expect(tree(summaryRows(report, 60, { catalog: undefined, today }))).toEqual([
      ['a', 3_600, 1_000],
      ['b', 3_600, 1_000],
    ]);
  });

  it('has the range before, also of what is no more, and adds that up, too', () => {
    const before = summary(['project'], [group('a', 90), group('gone', 90)]);
    const report = summary(['project'], [group('a', 3_600), group('new', 60)], { compared: before });
    const rows = summaryRows(report, 60, { catalog: undefined, today });
    expect(rows.map(({ label, seconds, secondsBefore }) => [label, seconds, secondsBefore])).toEqual([
      ['a', 3_600, 120],
      ['new', 60, 0],
      ['gone', 0, 60],
    ]);
    // Another range has other days.
    const days = { groupBy: ['day'], groups: [group('2026-11-23', 60, { fromDate: '2026-11-23' })] };
    const byDay = summaryRows({ ...report, ...days }, 60, { catalog: undefined, today });
    expect(byDay.map((row) => row.before)).toEqual([null]);
  });

  it('shares a total out to the last tenth of a percent', () => {
    expect(sharesOf([1, 1, 1], 3, 1_000)).toEqual([334, 333, 333]);
    expect(sharesOf([0, 0], 0, 0)).toEqual([0, 0]);
    expect(formatTenths(334)).toBe('33.4%');
    expect(formatChange(112, 100)).toBe('+12%');
    expect(formatChange(1, 0)).toBeNull();
  });
});

describe('the charts', () => {
  it.each([
    [0, [0, 300]],
    [40 * 60, [0, 600, 1_200, 1_800, 2_400]],
    [3_600, [0, 900, 1_800, 2_700, 3_600]],
    [7.5 * 3_600, [0, 7_200, 14_400, 21_600, 28_800]],
    [38 * 3_600, [0, 28_800, 57_600, 86_400, 115_200, 144_000]],
    [420 * 3_600, [0, 360_000, 720_000, 1_080_000, 1_440_000, 1_800_000]],
  ])('have a scale of round lengths: %i seconds', (max, ticks) => {
    expect(scaleFor(max)).toEqual({ top: ticks.at(-1), ticks });
  });

  it('have few lines, and the longest bar below the top, whatever the length', () => {
    for (let max = 1; max < 1e9; max = Math.ceil(max * 1.37)) {
      const { top, ticks } = scaleFor(max);
      expect(top).toBeGreaterThanOrEqual(max);
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  });

  it('have bars of parts, the smallest of which are one', () => {
    const parts = (factor: number) =>
      Array.from({ length: 9 }, (_, index) => group(`p${index}`, (10 - index) * factor));
    const bar = (key: string, factor: number) => {
      const inner = parts(factor);
      return group(
        key,
        inner.reduce((sum, { roundedSeconds }) => sum + roundedSeconds, 0),
        {
          fromDate: key,
          toDate: key,
          groups: inner,
        },
      );
    };
    const report = summary(['day', 'project'], [bar('2026-11-23', 60), bar('2026-11-24', 120)]);
    const chart = chartOf(report, { bars: 'day', parts: 'project' }, { catalog: undefined, today, unit: 60 });
    expect(chart.parts.map(({ label }) => label)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5', '3 others']);
    expect(chart.parts.reduce((sum, { share }) => sum + share, 0)).toBe(1_000);
    // Patterns tell them apart where colours do not.
    expect(new Set(chart.parts.map(({ pattern }) => pattern)).size).toBe(chart.parts.length);
    for (const { seconds, parts: pieces } of chart.bars)
      expect(pieces.reduce((sum, piece) => sum + piece.seconds, 0)).toBe(seconds);
    expect(chart.bars.map(({ axis, label }) => [axis, label])).toEqual([
      ['Mon 23', 'Mon 23 November'],
      ['Tue 24', 'Tue 24 November'],
    ]);
  });

  it('name as many bars as there is room for', () => {
    const bars = Array.from({ length: 30 }, (_, index) => ({ axis: String(index + 1) }));
    expect(labelStep(bars, 1_000)).toBe(1);
    expect(labelStep(bars, 300)).toBe(3);
  });

  it('draw a whole turn, and less than half of one', () => {
    expect(slice(0, 1, 10, 5)).toContain('A 10 10 0 1 1');
    expect(slice(0, 0.25, 10, 5)).toBe(
      'M 0.000 -10.000 A 10 10 0 0 1 10.000 0.000 L 5.000 0.000 A 5 5 0 0 0 0.000 -5.000 Z',
    );
  });
});

describe('the list of entries', () => {
  it('prints lengths that add up, whatever comes after them', () => {
    const lengths = [1_200, 1_200, 1_200, 29, 31, 3_599];
    for (const unit of [1, 36, 60]) {
      const all = apportionInOrder(lengths, unit);
      for (let count = 0; count <= lengths.length; count += 1) {
        const part = lengths.slice(0, count);
        expect(apportionInOrder(part, unit)).toEqual(all.slice(0, count));
        expect(all.slice(0, count).reduce((sum, one) => sum + one, 0)).toBe(
          Math.round(part.reduce((sum, one) => sum + one, 0) / unit) * unit,
        );
      }
      all.forEach((shown, index) => expect(Math.abs(shown - (lengths[index] ?? 0))).toBeLessThan(unit));
    }
  });

  it('is cut at the midnights of the zone, and long days into pieces', () => {
    const entry = (id: string, startedAt: string) => ({ id, startedAt }) as ReportEntry;
    const entries = [
      entry('a', '2026-03-02T23:30:00Z'),
      ...Array.from({ length: 25 }, (_, index) => entry(`b${index}`, '2026-03-02T12:00:00Z')),
    ];
    const pieces = daysIn(
      entries,
      entries.map(() => 60),
      'Europe/Berlin',
    );
    expect(pieces.map(({ day, entries: of, isFirst, isLast }) => [day, of.length, isFirst, isLast])).toEqual([
      ['2026-03-03', 1, true, true],
      ['2026-03-02', 20, true, false],
      ['2026-03-02', 5, false, true],
    ]);
  });
});
