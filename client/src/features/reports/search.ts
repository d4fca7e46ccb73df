/** What the URL says about a report. */
import { parseDay } from '@/lib/time/zoned';

export const PRESETS = [
  'today',
  'yesterday',
  'week',
  'last-week',
  'month',
  'last-month',
  'year',
  'last-year',
] as const;
export type Preset = (typeof PRESETS)[number];

export const GROUPINGS = [
  'project',
  'category',
  'client',
  'tag',
  'member',
  'description',
  'billable',
  'day',
  'week',
  'month',
  'quarter',
  'year',
  'weekday',
  'hour',
] as const;
export type Grouping = (typeof GROUPINGS)[number];

export const TIME_GROUPINGS = ['hour', 'weekday', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type TimeGrouping = (typeof TIME_GROUPINGS)[number];
export type PartGrouping = Exclude<Grouping, TimeGrouping>;

export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
type Weekday = (typeof WEEKDAYS)[number];

/** From `00` to `23`. */
export const HOURS: readonly string[] = Array.from({ length: 24 }, (_, hour) =>
  String(hour).padStart(2, '0'),
);

const SORTS = ['name', '-name', 'time', '-time', 'billable', '-billable', 'amount', '-amount'] as const;
export type Sort = (typeof SORTS)[number];

const COMPARISONS = ['previous', 'year'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export const ROUNDINGS = ['up', 'down', 'nearest'] as const;
export type Rounding = (typeof ROUNDINGS)[number];
/** In minutes, of which an hour has a whole number. */
export const ROUND_TO = [1, 5, 6, 10, 12, 15, 30, 60] as const;
export const DEFAULT_ROUND_TO = 15;

export const MAX_GROUPINGS = 3;
export const DEFAULT_GROUPINGS: readonly Grouping[] = ['project', 'category'];
export const DEFAULT_PRESET: Preset = 'week';

/** In the place of ids: entries without a client, or without a tag. */
export const NONE = 'none';

export interface ReportSearch {
  /** The summary when absent. */
  view?: 'detailed' | undefined;
  /** Days relative to today. `from` and `to`, when both are there, come first. */
  range?: Preset | undefined;
  from?: string | undefined;
  to?: string | undefined;
  by?: Grouping[] | undefined;
  /** What a bar of the chart is; by the length of the range when absent. */
  bars?: TimeGrouping | undefined;
  sort?: Sort | undefined;
  compare?: Comparison | undefined;
  /** How time is rounded, beside the exact time. */
  round?: Rounding | undefined;
  /** To multiples of so many minutes; {@link DEFAULT_ROUND_TO} when absent. */
  roundTo?: number | undefined;
  /** Each entry when absent. */
  roundPer?: 'day' | undefined;
  project?: string[] | undefined;
  /** With the categories below them, unless `own` is set. */
  category?: string[] | undefined;
  own?: true | undefined;
  /** Ids, or only {@link NONE}. */
  client?: string[] | undefined;
  /** All of them, or only {@link NONE}. */
  tag?: string[] | undefined;
  member?: string[] | undefined;
  billable?: boolean | undefined;
  /** Exactly this description; empty for entries without one. */
  description?: string | undefined;
  /** Only time on these days of the week. */
  weekday?: Weekday[] | undefined;
  /** Only time in these hours of the day, as {@link HOURS} calls them. */
  hour?: string[] | undefined;
  /** Words to search for. */
  q?: string | undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As many as the server takes of one kind. */
const MAX_IDS = 100;
const MAX_TAGS = 10;
const MAX_WORDS = 500;
const MAX_DESCRIPTION = 5_000;

function oneOf<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}

function day(value: unknown): string | undefined {
  return typeof value === 'string' && parseDay(value) !== null ? value : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** A filter of which one id cannot be read would show more than it says: it is left out as a whole. */
function ids(value: unknown, most = MAX_IDS, hasNone = false): string[] | undefined {
  if (value === undefined) return undefined;
  const found = [...new Set(list(value))];
  if (hasNone && found.length === 1 && found[0] === NONE) return [NONE];
  const known = found.filter((one): one is string => typeof one === 'string' && UUID.test(one));
  return known.length > 0 && known.length === found.length && known.length <= most ? known : undefined;
}

/** Words of a list, in its order; as with ids, a word that cannot be read leaves out the filter. */
function words<T extends string>(choices: readonly T[], value: unknown): T[] | undefined {
  if (value === undefined) return undefined;
  const found = list(value);
  const known = choices.filter((choice) => found.includes(choice));
  return known.length > 0 && found.every((one) => oneOf(choices, one)) ? known : undefined;
}

/** The router reads a text that is a number as one. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : undefined;
}

function groupings(value: unknown): Grouping[] | undefined {
  const found = list(value).flatMap((one) => oneOf(GROUPINGS, one) ?? []);
  const distinct = [...new Set(found)].slice(0, MAX_GROUPINGS);
  return distinct.length > 0 ? distinct : undefined;
}

/** What cannot be read is left out: an old or mistyped link still opens the page. */
export function readReportSearch(search: Record<string, unknown>): ReportSearch {
  const round = oneOf(ROUNDINGS, search.round);
  const [from, to] = [day(search.from), day(search.to)];
  const q = text(search.q);
  const description = text(search.description);
  const category = ids(search.category);
  return {
    view: oneOf(['detailed'], search.view),
    range: from && to ? undefined : oneOf(PRESETS, search.range),
    ...(from && to
      ? // A range the wrong way round is meant the right way round.
        { from: from < to ? from : to, to: from < to ? to : from }
      : { from: undefined, to: undefined }),
    by: groupings(search.by),
    bars: oneOf(TIME_GROUPINGS, search.bars),
    sort: oneOf(SORTS, search.sort),
    compare: oneOf(COMPARISONS, search.compare),
    round,
    roundTo: round && ROUND_TO.find((minutes) => minutes === search.roundTo),
    roundPer: round && oneOf(['day'], search.roundPer),
    project: ids(search.project),
    category,
    own: (category !== undefined && search.own === true) || undefined,
    client: ids(search.client, MAX_IDS, true),
    tag: ids(search.tag, MAX_TAGS, true),
    member: ids(search.member),
    billable: typeof search.billable === 'boolean' ? search.billable : undefined,
    description: description !== undefined && description.length <= MAX_DESCRIPTION ? description : undefined,
    weekday: words(WEEKDAYS, search.weekday),
    // An hour by itself that begins with another digit than 0 was read as a number.
    hour: words(HOURS, typeof search.hour === 'number' ? String(search.hour) : search.hour),
    q: q && q.length <= MAX_WORDS ? q : undefined,
  };
}
