/** What is asked of the server. */
import type { Temporal } from 'temporal-polyfill';
import type { paths } from '@/api/schema.gen';
import { startOfWeek } from '@/lib/time/zoned';
import { countDays, type Days } from './ranges';
import {
  DEFAULT_GROUPINGS,
  DEFAULT_ROUND_TO,
  NONE,
  TIME_GROUPINGS,
  WEEKDAYS,
  type Grouping,
  type PartGrouping,
  type ReportSearch,
  type Sort,
  type TimeGrouping,
} from './search';

type SummaryParameters = NonNullable<paths['/api/reports/summary']['get']['parameters']['query']>;

/** The range and the filters, which all reports have in common. */
export type Question = Pick<
  SummaryParameters,
  | 'fromDate'
  | 'toDate'
  | 'timeZone'
  | 'firstDayOfWeek'
  | 'round'
  | 'roundTo'
  | 'roundPer'
  | 'projectId'
  | 'categoryId'
  | 'includeSubcategories'
  | 'clientId'
  | 'hasClient'
  | 'memberId'
  | 'tagId'
  | 'hasTags'
  | 'billable'
  | 'description'
  | 'hasDescription'
  | 'weekday'
  | 'hour'
  | 'q'
>;

/** The groups, which summaries have besides. */
export type Groups = Pick<
  SummaryParameters,
  'groupBy' | 'categoryDepth' | 'sort' | 'fillEmpty' | 'compare' | 'amounts'
>;

/** The person's first day of the week, as the server calls it. */
function firstDayOfWeek(today: Temporal.PlainDate): string {
  return WEEKDAYS[startOfWeek(today).dayOfWeek - 1] ?? 'monday';
}

function isNone(ids: readonly string[] | undefined): boolean {
  return ids?.[0] === NONE;
}

export function toQuestion(search: ReportSearch, days: Days, timeZone: string): Question {
  const { project, category, own, client, tag, member, billable, description, weekday, hour, q } = search;
  const { round, roundTo = DEFAULT_ROUND_TO, roundPer } = search;
  return {
    fromDate: days.from.toString(),
    toDate: days.to.toString(),
    timeZone,
    firstDayOfWeek: firstDayOfWeek(days.from),
    ...(round ? { round, roundTo, ...(roundPer ? { roundPer } : {}) } : {}),
    ...(project ? { projectId: project } : {}),
    ...(category ? { categoryId: category, includeSubcategories: !own } : {}),
    ...(isNone(client) ? { hasClient: false } : client ? { clientId: client } : {}),
    ...(isNone(tag) ? { hasTags: false } : tag ? { tagId: tag } : {}),
    ...(member ? { memberId: member } : {}),
    ...(billable === undefined ? {} : { billable }),
    ...(description === undefined ? {} : description === '' ? { hasDescription: false } : { description }),
    ...(weekday ? { weekday } : {}),
    ...(hour ? { hour } : {}),
    ...(q ? { q } : {}),
  };
}

export function groupingsOf({ by }: ReportSearch): readonly Grouping[] {
  return by ?? DEFAULT_GROUPINGS;
}

/** The order of the groups; by amounts only for those who see them. */
export function sortOf({ sort }: ReportSearch, seesAmounts: boolean): Sort | undefined {
  return seesAmounts || !sort?.endsWith('amount') ? sort : undefined;
}

export function isTimeGrouping(grouping: Grouping): grouping is TimeGrouping {
  return (TIME_GROUPINGS as readonly Grouping[]).includes(grouping);
}

/** What a bar is, so that there are enough of them and not too many. */
function barsByLength(days: number): TimeGrouping {
  if (days === 1) return 'hour';
  if (days <= 45) return 'day';
  if (days <= 190) return 'week';
  return days <= 1_100 ? 'month' : 'year';
}

/** The longest range, in days, in which a bar may be this much: more bars than pixels tell nothing. */
const MAX_DAYS: Partial<Record<TimeGrouping, number>> = { hour: 400, day: 125, week: 900, month: 3_700 };

/** What a bar may be in a range. */
export function barChoices(days: Days): TimeGrouping[] {
  const count = countDays(days);
  return TIME_GROUPINGS.filter((grouping) => count <= (MAX_DAYS[grouping] ?? Infinity));
}

export interface ChartGroups {
  bars: TimeGrouping;
  /** What the bars are made of; null when nothing tells them apart. */
  parts: PartGrouping | null;
}

/** The chart shows the first two groupings that fit it: time along its axis, and what it was spent on. */
export function chartGroups(search: ReportSearch, days: Days): ChartGroups {
  const by = groupingsOf(search);
  const choices = barChoices(days);
  const first = by.find(isTimeGrouping);
  const wanted = search.bars ?? (first && by[0] === first ? first : undefined);
  return {
    bars: wanted && choices.includes(wanted) ? wanted : barsByLength(countDays(days)),
    parts: by.find((grouping): grouping is PartGrouping => !isTimeGrouping(grouping)) ?? null,
  };
}

export function chartQuestion({ bars, parts }: ChartGroups): Groups {
  return {
    groupBy: parts ? [bars, parts] : [bars],
    // What is below the first level counts for it: bars have room for a few parts.
    ...(parts === 'category' ? { categoryDepth: 1 } : {}),
    fillEmpty: true,
  };
}
