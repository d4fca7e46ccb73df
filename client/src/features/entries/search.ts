/** What the URL says about the list of entries. */
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import type { EntryFilters } from '@/api/entries';
import { startBounds, type DayRange } from '@/lib/time/timeline';
import { parseDay, startOfWeek, toTimestamp } from '@/lib/time/zoned';

const day = z
  .string()
  .refine((text) => parseDay(text) !== null)
  .optional()
  .catch(undefined);
const id = z.uuid().optional().catch(undefined);

/** What cannot be read is left out: an old or mistyped link still opens the page. */
export const entriesSearchSchema = z.object({
  from: day,
  to: day,
  /** The Monday of the week in the overview; this week when absent. */
  week: day,
  project: id,
  category: id,
  client: id,
  tag: z.array(z.uuid()).min(1).optional().catch(undefined),
  q: z.string().trim().min(1).max(500).optional().catch(undefined),
  billable: z.boolean().optional().catch(undefined),
});

export type EntriesSearch = z.infer<typeof entriesSearchSchema>;

export function dayRange(search: Pick<EntriesSearch, 'from' | 'to'>): DayRange {
  const from = parseDay(search.from);
  const to = parseDay(search.to);
  // A range the wrong way round is meant the right way round.
  return from && to && Temporal.PlainDate.compare(from, to) > 0 ? { from: to, to: from } : { from, to };
}

export function toFilters(search: EntriesSearch, timeZone: string): EntryFilters {
  const bounds = startBounds(dayRange(search), timeZone);
  return {
    ...(bounds.from === undefined ? {} : { from: toTimestamp(bounds.from) }),
    ...(bounds.to === undefined ? {} : { to: toTimestamp(bounds.to) }),
    ...(search.project ? { projectId: search.project } : {}),
    ...(search.category ? { categoryId: search.category } : {}),
    ...(search.client ? { clientId: search.client } : {}),
    ...(search.tag ? { tagId: search.tag } : {}),
    ...(search.q ? { q: search.q } : {}),
    ...(search.billable === undefined ? {} : { billable: search.billable }),
  };
}

/** How many filters are set; a range counts as one, the week of the overview not at all. */
export function countFilters(search: EntriesSearch): number {
  const { project, category, client, tag, q, billable } = search;
  const range = search.from ?? search.to;
  return [range, project, category, client, tag, q, billable].filter((value) => value !== undefined).length;
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
} satisfies Omit<EntriesSearch, 'week'>;

export interface Preset {
  id: string;
  label: string;
  from: string;
  to: string;
}

export function rangePresets(today: Temporal.PlainDate): Preset[] {
  const monday = startOfWeek(today);
  const month = today.with({ day: 1 });
  const preset = (presetId: string, label: string, from: Temporal.PlainDate, to: Temporal.PlainDate) => ({
    id: presetId,
    label,
    from: from.toString(),
    to: to.toString(),
  });
  return [
    preset('today', 'Today', today, today),
    preset('yesterday', 'Yesterday', today.subtract({ days: 1 }), today.subtract({ days: 1 })),
    preset('week', 'This week', monday, monday.add({ days: 6 })),
    preset('last-week', 'Last week', monday.subtract({ days: 7 }), monday.subtract({ days: 1 })),
    preset('month', 'This month', month, month.add({ months: 1 }).subtract({ days: 1 })),
    preset('last-month', 'Last month', month.subtract({ months: 1 }), month.subtract({ days: 1 })),
    preset('year', 'This year', today.with({ month: 1, day: 1 }), today.with({ month: 12, day: 31 })),
  ];
}
