import { afterEach, describe, expect, it } from 'vitest';
import { setPreferences } from '@/lib/preferences';
import { parseDay } from '@/lib/time/zoned';
import { entriesOf, type Step } from './drill';
import { barChoices, chartGroups, toQuestion } from './question';
import { daysOf, presetOf, rangeLabel, searchOf, step } from './ranges';
import { NONE, readReportSearch, type ReportSearch } from './search';

const ID = '0190a5f0-0000-7000-8000-000000000001';
const OTHER = '0190a5f0-0000-7000-8000-000000000002';

function day(text: string) {
  return parseDay(text) ?? expect.fail(text);
}

/** Without what is undefined, as a URL has it. */
function known(search: ReportSearch): ReportSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

describe('the URL of a report', () => {
  it('gives back everything that a report can be asked for', () => {
    const search: ReportSearch = {
      view: 'detailed',
      from: '2026-03-02',
      to: '2026-03-08',
      by: ['client', 'tag', 'week'],
      bars: 'day',
      sort: '-billable',
      compare: 'year',
      round: 'nearest',
      roundTo: 6,
      roundPer: 'day',
      project: [ID],
      category: [ID, OTHER],
      own: true,
      client: [NONE],
      tag: [OTHER],
      member: [ID],
      billable: false,
      description: '',
      weekday: ['monday', 'sunday'],
      hour: ['09', '17'],
      q: 'review',
    };
    expect(known(readReportSearch({ ...search }))).toEqual(search);
    expect(known(readReportSearch(JSON.parse(JSON.stringify(search)) as Record<string, unknown>))).toEqual(
      search,
    );
  });

  it.each([
    [
      'a range the wrong way round',
      { from: '2026-03-08', to: '2026-03-02' },
      { from: '2026-03-02', to: '2026-03-08' },
    ],
    ['half a range', { from: '2026-03-08', range: 'month' }, { range: 'month' }],
    [
      'days beside a preset',
      { from: '2026-03-02', to: '2026-03-02', range: 'month' },
      { from: '2026-03-02', to: '2026-03-02' },
    ],
    ['a day that is none', { from: '2026-02-30', to: '2026-03-02' }, {}],
    ['one value instead of a list', { project: ID, by: 'week' }, { project: [ID], by: ['week'] }],
    [
      'a grouping twice, and more than three',
      { by: ['day', 'day', 'tag', 'client', 'member'] },
      { by: ['day', 'tag', 'client'] },
    ],
    ['unknown groupings', { by: ['weather'] }, {}],
    // Shown without it, the report would be about more than its link says.
    ['a list with an id that is none', { tag: [ID, 'x'] }, {}],
    ['no client beside a client', { client: [NONE, ID] }, {}],
    [
      'more tags than the server takes',
      { tag: Array.from({ length: 11 }, (_, n) => ID.slice(0, -2) + String(10 + n)) },
      {},
    ],
    ['a rounding to what no hour has', { round: 'up', roundTo: 7 }, { round: 'up' }],
    ['minutes without a rounding', { roundTo: 6, roundPer: 'day' }, {}],
    ['own categories without a category', { own: true }, {}],
    ['words that are a number', { q: 2026, description: 7 }, { q: '2026', description: '7' }],
    [
      'one hour, and days out of their order',
      { hour: 10, weekday: ['sunday', 'monday'] },
      {
        hour: ['10'],
        weekday: ['monday', 'sunday'],
      },
    ],
    ['an hour that no day has', { hour: ['09', '24'], weekday: [] }, {}],
    ['something else', { view: 'pie', billable: 'yes', sort: 'size', compare: 1, q: ' ' }, {}],
  ])('is read for what can be read of it: %s', (_, found, expected) => {
    expect(known(readReportSearch(found))).toEqual(expected);
  });
});

describe('the range of a report', () => {
  // A Saturday.
  const today = day('2026-11-28');
  afterEach(() => setPreferences({ weekStart: 'auto' }));

  it.each([
    ['monday', '2026-11-23', '2026-11-29'],
    ['sunday', '2026-11-22', '2026-11-28'],
    ['saturday', '2026-11-28', '2026-12-04'],
  ] as const)('is this week, which begins on %s', (weekStart, from, to) => {
    setPreferences({ weekStart });
    const days = daysOf({}, today);
    expect([String(days.from), String(days.to)]).toEqual([from, to]);
    expect(toQuestion({}, days, 'UTC')).toMatchObject({
      fromDate: from,
      toDate: to,
      firstDayOfWeek: weekStart,
    });
  });

  it.each([
    ['last-month', '2026-10-01', '2026-10-31'],
    ['month', '2026-11-01', '2026-11-30'],
    ['year', '2026-01-01', '2026-12-31'],
    ['last-year', '2025-01-01', '2025-12-31'],
    ['yesterday', '2026-11-27', '2026-11-27'],
  ] as const)('is %s', (range, from, to) => {
    const days = daysOf({ range }, today);
    expect([String(days.from), String(days.to)]).toEqual([from, to]);
    // Its days have its name, however they came into the URL.
    expect(presetOf({ from, to }, today)).toBe(range);
    expect(searchOf(days, today)).toEqual({ range, from: undefined, to: undefined });
  });

  it.each([
    ['2026-03-01', '2026-03-31', -1, '2026-02-01', '2026-02-28'],
    ['2026-01-01', '2026-06-30', 1, '2026-07-01', '2026-12-31'],
    ['2026-03-02', '2026-03-08', 1, '2026-03-09', '2026-03-15'],
    ['2026-03-29', '2026-03-29', -1, '2026-03-28', '2026-03-28'],
  ] as const)('from %s to %s moves by %i', (from, to, direction, first, last) => {
    const moved = step({ from: day(from), to: day(to) }, direction);
    expect([String(moved.from), String(moved.to)]).toEqual([first, last]);
  });

  it('has a name that people use', () => {
    expect(rangeLabel({}, today)).toBe('This week');
    expect(rangeLabel({ from: '2026-03-01', to: '2026-03-31' }, today)).toBe('March 2026');
    expect(rangeLabel({ from: '2024-01-01', to: '2024-12-31' }, today)).toBe('2024');
    expect(rangeLabel({ from: '2026-03-02', to: '2026-03-04' }, today)).toBe('Mon 2 March – Wed 4 March');
  });
});

describe('what is asked of the server', () => {
  const days = { from: day('2026-03-02'), to: day('2026-03-08') };

  it('has every filter', () => {
    expect(
      toQuestion(
        { category: [ID], client: [NONE], tag: [NONE], description: '', billable: false },
        days,
        'UTC',
      ),
    ).toMatchObject({
      categoryId: [ID],
      includeSubcategories: true,
      hasClient: false,
      hasTags: false,
      hasDescription: false,
      billable: false,
    });
    expect(
      toQuestion({ category: [ID], own: true, client: [ID], description: 'x' }, days, 'UTC'),
    ).toMatchObject({
      includeSubcategories: false,
      clientId: [ID],
      description: 'x',
    });
  });

  it('is a chart of bars by the length of the range, or by the first grouping that is time', () => {
    const to = (count: number) => ({ from: days.from, to: days.from.add({ days: count - 1 }) });
    expect([1, 7, 100, 365, 2_000].map((count) => chartGroups({}, to(count)).bars)).toEqual([
      'hour',
      'day',
      'week',
      'month',
      'year',
    ]);
    expect(chartGroups({ by: ['weekday', 'tag'] }, days)).toEqual({ bars: 'weekday', parts: 'tag' });
    expect(chartGroups({ by: ['day'], bars: 'hour' }, days)).toEqual({ bars: 'hour', parts: null });
    // Of a choice that does not fit a longer range the rule decides again.
    expect(chartGroups({ bars: 'day' }, to(365)).bars).toBe('month');
    expect(barChoices(to(1_000))).not.toContain('hour');
  });
});

describe('the entries of a figure', () => {
  const parents: Record<string, string> = { leaf: 'middle', middle: 'root' };
  const parentOf = (id: string) => parents[id] ?? null;
  const category = (key: string, own = false): Step => ({ grouping: 'category', group: { key }, own });
  const found = (search: ReportSearch, ...steps: Step[]) => {
    const entries = entriesOf(search, steps, parentOf);
    return entries && known(entries);
  };

  it('are those of all groups that it lies in', () => {
    expect(
      found(
        { range: 'month', by: ['client', 'description', 'day'], q: 'x' },
        { grouping: 'client', group: { key: null } },
        { grouping: 'description', group: { key: null } },
        { grouping: 'day', group: { key: '2026-03-02', fromDate: '2026-03-02', toDate: '2026-03-02' } },
      ),
    ).toEqual({
      view: 'detailed',
      by: ['client', 'description', 'day'],
      q: 'x',
      client: [NONE],
      description: '',
      from: '2026-03-02',
      to: '2026-03-02',
    });
  });

  it('have the tags of the filter and that of the group', () => {
    expect(found({ tag: ['a'] }, { grouping: 'tag', group: { key: 'b' } })?.tag).toEqual(['a', 'b']);
    expect(found({ tag: ['a'] }, { grouping: 'tag', group: { key: 'a' } })?.tag).toEqual(['a']);
    expect(found({}, { grouping: 'tag', group: { key: null } })?.tag).toEqual([NONE]);
  });

  it('are in a category and below it, but not outside of what the report is narrowed to', () => {
    expect(found({}, category('middle'))).toMatchObject({ category: ['middle'] });
    expect(found({ category: ['root'] }, category('leaf'))?.category).toEqual(['leaf']);
    // Above a filter, a category has only what the filter lets through.
    expect(found({ category: ['leaf', 'elsewhere'] }, category('root'))?.category).toEqual(['leaf']);
    expect(found({}, category('root', true))).toMatchObject({ category: ['root'], own: true });
    expect(found({ category: ['leaf', 'other'], own: true }, category('root'))).toMatchObject({
      category: ['leaf'],
      own: true,
    });
  });

  it('have time on the day of the week and in the hour of the group', () => {
    expect(
      found(
        { by: ['weekday', 'hour'], weekday: ['monday', 'friday'] },
        { grouping: 'weekday', group: { key: 'friday' } },
        { grouping: 'hour', group: { key: '09' } },
      ),
    ).toMatchObject({ view: 'detailed', weekday: ['friday'], hour: ['09'] });
  });

  it('are not told where no filter tells exactly them', () => {
    expect(found({}, { grouping: 'project', group: { key: null } })).toBeNull();
    expect(found({}, { grouping: 'hour', group: { key: null } })).toBeNull();
    expect(found({}, { grouping: 'weekday', group: { key: 'someday' } })).toBeNull();
  });
});
