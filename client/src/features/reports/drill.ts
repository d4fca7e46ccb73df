/** From a figure to the entries that it is made of. */
import type { Group } from './queries';
import { HOURS, NONE, WEEKDAYS, type Grouping, type ReportSearch } from './search';

/** A group, and what kind of one it is. */
export interface Step {
  grouping: Grouping;
  group: Pick<Group, 'key' | 'fromDate' | 'toDate'>;
  /** Of a category: without those below it. */
  own?: boolean;
}

/** The category above a category; null at the root of a tree. */
export type ParentOf = (categoryId: string) => string | null;

function isWithin(id: string, above: string, parentOf: ParentOf): boolean {
  for (let at: string | null = id; at !== null; at = parentOf(at)) if (at === above) return true;
  return false;
}

/** A category within the categories to which the report is narrowed already. */
function narrowCategory(search: ReportSearch, id: string, own: boolean, parentOf: ParentOf): ReportSearch {
  const { category: chosen } = search;
  if (search.own || own || !chosen) {
    const inside = search.own && !own ? chosen?.filter((one) => isWithin(one, id, parentOf)) : [id];
    return { category: inside, own: search.own ?? (own || undefined) };
  }
  if (chosen.some((one) => isWithin(id, one, parentOf))) return { category: [id] };
  return { category: chosen.filter((one) => isWithin(one, id, parentOf)) };
}

function narrow(
  search: ReportSearch,
  { grouping, group, own }: Step,
  parentOf: ParentOf,
): ReportSearch | null {
  const { key, fromDate, toDate } = group;
  switch (grouping) {
    case 'project':
      return key === null ? null : { project: [key] };
    case 'member':
      return key === null ? null : { member: [key] };
    case 'client':
      return { client: [key ?? NONE] };
    case 'tag':
      return { tag: key === null ? [NONE] : [...new Set([...(search.tag ?? []), key])] };
    case 'billable':
      return { billable: key === 'true' };
    case 'description':
      return { description: key ?? '' };
    case 'category':
      return key === null ? null : narrowCategory(search, key, own ?? false, parentOf);
    case 'day':
    case 'week':
    case 'month':
    case 'quarter':
    case 'year':
      return fromDate && toDate ? { range: undefined, from: fromDate, to: toDate } : null;
    case 'weekday': {
      const weekday = WEEKDAYS.find((one) => one === key);
      return weekday ? { weekday: [weekday] } : null;
    }
    case 'hour':
      return key !== null && HOURS.includes(key) ? { hour: [key] } : null;
  }
}

/** Where the entries of a figure are listed; null when no filter tells exactly them. */
export function entriesOf(
  search: ReportSearch,
  steps: readonly Step[],
  parentOf: ParentOf,
): ReportSearch | null {
  let narrowed: ReportSearch = search;
  for (const one of steps) {
    const changes = narrow(narrowed, one, parentOf);
    if (changes === null) return null;
    narrowed = { ...narrowed, ...changes };
  }
  return { ...narrowed, view: 'detailed' };
}
