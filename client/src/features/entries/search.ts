/** What the URL says about the list of entries. */
import type { Temporal } from 'temporal-polyfill';
import { temporal } from '@/lib/time/temporal';
import type { EntryFilters } from '@/entities/entry/filters';
import { rangeBounds, type DayRange } from '@/lib/time/timeline';
import { parseDay, startOfWeek, toTimestamp } from '@/lib/time/zoned';
import { t } from '@/messages/first';

export interface EntriesSearch {
  from?: string | undefined;
  to?: string | undefined;
  /** A day of the week in the overview; this week when absent. */
  week?: string | undefined;
  project?: string | undefined;
  category?: string | undefined;
  client?: string | undefined;
  tag?: string[] | undefined;
  q?: string | undefined;
  billable?: boolean | undefined;
  /** The id of a member, or `all`; the user's own entries when absent. */
  member?: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function day(value: unknown): string | undefined {
  return typeof value === 'string' && parseDay(value) !== null ? value : undefined;
}

function id(value: unknown): string | undefined {
  return typeof value === 'string' && UUID.test(value) ? value : undefined;
}

function ids(value: unknown): string[] | undefined {
  const known = (Array.isArray(value) ? value : []).map(id);
  return known.length > 0 && known.every((one) => one !== undefined) ? known : undefined;
}

/** Words to search for; the router reads those that are a number as one. */
function words(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const text = String(value).trim();
  return text === '' || text.length > 500 ? undefined : text;
}

/** What cannot be read is left out: an old or mistyped link still opens the page. */
export function readSearch(search: Record<string, unknown>): EntriesSearch {
  return {
    from: day(search.from),
    to: day(search.to),
    week: day(search.week),
    project: id(search.project),
    category: id(search.category),
    client: id(search.client),
    tag: ids(search.tag),
    q: words(search.q),
    billable: typeof search.billable === 'boolean' ? search.billable : undefined,
    member: search.member === 'all' ? 'all' : id(search.member),
  };
}

export function dayRange(search: Pick<EntriesSearch, 'from' | 'to'>): DayRange {
  const from = parseDay(search.from);
  const to = parseDay(search.to);
  // A range the wrong way round is meant the right way round.
  return from && to && temporal.PlainDate.compare(from, to) > 0 ? { from: to, to: from } : { from, to };
}

export function toFilters(search: EntriesSearch, timeZone: string): EntryFilters {
  const bounds = rangeBounds(dayRange(search), timeZone);
  return {
    ...(bounds.from === undefined ? {} : { overlapFrom: toTimestamp(bounds.from) }),
    ...(bounds.to === undefined ? {} : { overlapTo: toTimestamp(bounds.to) }),
    ...(search.project ? { projectId: search.project } : {}),
    ...(search.category ? { categoryId: search.category } : {}),
    ...(search.client ? { clientId: search.client } : {}),
    ...(search.tag ? { tagId: search.tag } : {}),
    ...(search.q ? { q: search.q } : {}),
    ...(search.billable === undefined ? {} : { billable: search.billable }),
    ...(search.member ? { member: [search.member] } : {}),
  };
}

/** How many filters are set; a range counts as one, the week of the overview not at all. */
export function countFilters(search: EntriesSearch): number {
  const { project, category, client, tag, q, billable, member } = search;
  const range = search.from ?? search.to;
  return [range, project, category, client, tag, q, billable, member].filter((value) => value !== undefined)
    .length;
}

export const noFilters = {
  from: undefined,
  to: undefined,
  project: undefined,
  category: undefined,
  client: undefined,
  tag: undefined,
  q: undefined,
  billable: undefined,
  member: undefined,
} satisfies Omit<EntriesSearch, 'week'>;

export interface Preset {
  id: string;
  label: string;
  from: string;
  to: string;
}

export function rangePresets(today: Temporal.PlainDate): Preset[] {
  const week = startOfWeek(today);
  const month = today.with({ day: 1 });
  const preset = (presetId: string, label: string, from: Temporal.PlainDate, to: Temporal.PlainDate) => ({
    id: presetId,
    label,
    from: from.toString(),
    to: to.toString(),
  });
  return [
    preset('today', t.day.today, today, today),
    preset('yesterday', t.day.yesterday, today.subtract({ days: 1 }), today.subtract({ days: 1 })),
    preset('week', t.day.thisWeek, week, week.add({ days: 6 })),
    preset('last-week', t.day.lastWeek, week.subtract({ days: 7 }), week.subtract({ days: 1 })),
    preset('month', t.day.thisMonth, month, month.add({ months: 1 }).subtract({ days: 1 })),
    preset('last-month', t.day.lastMonth, month.subtract({ months: 1 }), month.subtract({ days: 1 })),
    preset('year', t.day.thisYear, today.with({ month: 1, day: 1 }), today.with({ month: 12, day: 31 })),
  ];
}
