/** The filters of a report, as a whole. */
import type { ReportSearch } from './search';

export const clearedFilters = {
  project: undefined,
  category: undefined,
  own: undefined,
  client: undefined,
  tag: undefined,
  member: undefined,
  billable: undefined,
  description: undefined,
  weekday: undefined,
  hour: undefined,
  q: undefined,
} satisfies Partial<ReportSearch>;

/** How many filters are set; the range is none. */
export function countFilters(search: ReportSearch): number {
  const { project, category, client, tag, member, billable, description, weekday, hour, q } = search;
  return [project, category, client, tag, member, billable, description, weekday, hour, q].filter(
    (filter) => filter !== undefined,
  ).length;
}
