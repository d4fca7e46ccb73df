/** The charts: what is drawn, before it is drawn. */
import type { Temporal } from 'temporal-polyfill';
import type { Catalog } from '@/entities/catalog/catalog';
import { palette } from '@/lib/colors';
import { apportion } from '@/lib/time/apportion';
import { temporal } from '@/lib/time/temporal';
import { parseDay } from '@/lib/time/zoned';
import { t } from '@/messages/later';
import type { Step } from './drill';
import { axisLabel, groupColor, groupLabel } from './labels';
import type { ChartGroups } from './question';
import type { Group, Summary } from './queries';
import { ALL_TENTHS, sharesOf } from './rows';
import { WEEKDAYS, type PartGrouping, type TimeGrouping } from './search';

/** More parts than these are one: patterns and colours are told apart only so far. */
const MAX_PARTS = 6;
const REST_COLOR = '#8a949e';
const NONE_COLOR = '#6b7680';

/** One of the parts that all bars are made of. */
export interface Part {
  id: string;
  label: string;
  color: string;
  /** Which pattern it is filled with. */
  pattern: number;
  seconds: number;
  /** Of the whole, in tenths of a percent. */
  share: number;
  /** Null of all that are drawn as one. */
  step: Step | null;
}

interface BarPart {
  part: Part;
  seconds: number;
}

export interface Bar {
  id: string;
  label: string;
  axis: string;
  seconds: number;
  /** As it is printed, so that all bars add up to the total. */
  shown: number;
  /** From the foot of the bar up. */
  parts: BarPart[];
  step: Step;
}

export interface Chart {
  bars: Bar[];
  parts: Part[];
  /** Entries with several tags are in several parts, which then do not add up. */
  overlap: boolean;
  scale: Scale;
}

export interface Scale {
  /** The seconds of a full height. */
  top: number;
  /** The seconds of its lines, from zero. */
  ticks: number[];
}

const MINUTE = 60;
const HOUR = 3600;
const STEPS = [
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  4 * HOUR,
  6 * HOUR,
  8 * HOUR,
  10 * HOUR,
];
const MAX_TICKS = 5;

/** Steps of hours that people count in; beyond ten hours 1, 2, 2.5 and 5 of a power of ten. */
function stepFor(max: number): number {
  const known = STEPS.find((step) => max / step <= MAX_TICKS);
  if (known !== undefined) return known;
  for (let power = 10 * HOUR; ; power *= 10) {
    const found = [2, 2.5, 5, 10].find((factor) => max / (power * factor) <= MAX_TICKS);
    if (found !== undefined) return power * found;
  }
}

/** A scale that ends at or above the longest bar, with lines at round lengths. */
export function scaleFor(max: number): Scale {
  const step = stepFor(Math.max(max, MINUTE));
  const count = Math.max(1, Math.ceil(max / step));
  return { top: step * count, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

function idOf({ key }: Pick<Group, 'key'>): string {
  return key ?? '';
}

interface ChartNames {
  catalog: Catalog | undefined;
  today: Temporal.PlainDate;
  /** The smallest step of what is printed, in seconds. */
  unit: number;
}

/** What parts are parts of. */
type Whole = Pick<Summary, 'total' | 'groupsOverlap'>;

/** The parts that groups are, the longest first; what is left after the first few is one part. */
export function partsOf(
  groups: readonly Group[],
  grouping: PartGrouping,
  report: Whole,
  { catalog, today }: Omit<ChartNames, 'unit'>,
): Part[] {
  const sums = new Map<string, { group: Group; seconds: number }>();
  for (const group of groups) {
    const known = sums.get(idOf(group));
    if (known) known.seconds += group.roundedSeconds;
    else sums.set(idOf(group), { group, seconds: group.roundedSeconds });
  }
  const sorted = [...sums.values()]
    .filter(({ seconds }) => seconds > 0)
    .sort((a, b) => b.seconds - a.seconds);
  // One that stands alone has a name.
  const count = sorted.length > MAX_PARTS + 1 ? MAX_PARTS : sorted.length;
  const named = sorted.slice(0, count).map(({ group, seconds }, index): Part => ({
    id: idOf(group),
    label:
      grouping === 'category' && group.belongsTo
        ? `${group.belongsTo.name} · ${groupLabel(grouping, group, today)}`
        : groupLabel(grouping, group, today),
    color:
      groupColor(grouping, group, catalog) ??
      (group.key === null ? NONE_COLOR : (palette[(index * 5) % palette.length]?.value ?? REST_COLOR)),
    pattern: index,
    seconds,
    share: 0,
    step: { grouping, group },
  }));
  const rest = sorted.slice(count);
  const parts =
    rest.length === 0
      ? named
      : [
          ...named,
          {
            id: '…',
            label: t.reports.others(rest.length),
            color: REST_COLOR,
            pattern: MAX_PARTS + 1,
            seconds: rest.reduce((sum, { seconds }) => sum + seconds, 0),
            share: 0,
            step: null,
          },
        ];
  const total = report.total.roundedSeconds;
  const lengths = parts.map(({ seconds }) => seconds);
  const shares = report.groupsOverlap
    ? lengths.map((seconds) => (total > 0 ? Math.round((seconds * ALL_TENTHS) / total) : 0))
    : sharesOf(lengths, total, total > 0 ? ALL_TENTHS : 0);
  return parts.map((part, index) => ({ ...part, share: shares[index] ?? 0 }));
}

const FEW = 12;

export function chartOf(report: Summary, groups: ChartGroups, names: ChartNames): Chart {
  const { bars: grouping } = groups;
  const overlap = report.groupsOverlap;
  const inner = report.groups.flatMap(({ groups: ones }) => ones ?? []);
  const parts = groups.parts === null ? [] : partsOf(inner, groups.parts, report, names);
  const byId = new Map(parts.map((part) => [part.id, part]));
  const rest = parts.find(({ step }) => step === null);
  const shown = apportion(
    report.groups.map(({ roundedSeconds }) => roundedSeconds),
    names.unit,
  );
  const few = report.groups.length <= FEW;
  const bars = report.groups.map((group, index): Bar => {
    const seconds = new Map<Part, number>();
    for (const inner of group.groups ?? []) {
      const part = byId.get(idOf(inner)) ?? rest;
      if (part) seconds.set(part, (seconds.get(part) ?? 0) + inner.roundedSeconds);
    }
    return {
      id: idOf(group),
      label: groupLabel(grouping, group, names.today),
      axis: axisLabel(grouping, group, few),
      seconds: group.roundedSeconds,
      shown: shown[index] ?? 0,
      parts: parts.flatMap((part) => {
        const length = seconds.get(part) ?? 0;
        return length > 0 ? [{ part, seconds: length }] : [];
      }),
      step: { grouping, group },
    };
  });
  return { bars, parts, overlap, scale: scaleFor(Math.max(0, ...bars.map(({ seconds }) => seconds))) };
}

const NO_TIME = {
  entries: 0,
  running: 0,
  durationSeconds: 0,
  billableSeconds: 0,
  roundedSeconds: 0,
  roundedBillableSeconds: 0,
};

/** The last day of the stretch of time that a day lies in; null of groupings that are none, such as weekdays. */
function lastDay(
  day: Temporal.PlainDate,
  grouping: TimeGrouping,
  firstDayOfWeek: string,
): Temporal.PlainDate | null {
  switch (grouping) {
    case 'day':
      return day;
    case 'week': {
      const passed = (day.dayOfWeek - 1 - WEEKDAYS.findIndex((name) => name === firstDayOfWeek) + 7) % 7;
      return day.add({ days: 6 - passed });
    }
    case 'month':
    case 'quarter': {
      const more = grouping === 'month' ? 1 : 3 - ((day.month - 1) % 3);
      return day.with({ day: 1 }).add({ months: more }).subtract({ days: 1 });
    }
    case 'year':
      return day.with({ month: 12, day: 31 });
    default:
      return null;
  }
}

/**
 * The groups in the order of time, with one of no time for each stretch that has none: bars that stand side by side
 * follow one another. Null of groupings that are no stretches of time.
 */
export function filled(
  { groups, fromDate, toDate, firstDayOfWeek }: Summary,
  grouping: TimeGrouping,
): Group[] | null {
  const [from, to] = [parseDay(fromDate), parseDay(toDate)];
  if (!from || !to) return null;
  const byStart = new Map(groups.map((group) => [group.fromDate, group]));
  const all: Group[] = [];
  for (let start = from; temporal.PlainDate.compare(start, to) <= 0;) {
    const end = lastDay(start, grouping, firstDayOfWeek);
    if (!end) return null;
    const last = temporal.PlainDate.compare(end, to) < 0 ? end : to;
    const { year } = start;
    const quarter = `${year}-Q${Math.ceil(start.month / 3)}`;
    const key = grouping === 'quarter' ? quarter : grouping === 'year' ? String(year) : start.toString();
    const empty = { ...NO_TIME, key, name: null, color: null };
    all.push(
      byStart.get(start.toString()) ?? { ...empty, fromDate: start.toString(), toDate: last.toString() },
    );
    start = last.add({ days: 1 });
  }
  return all;
}

/** Whether a bar between others still has room for its label; each step shows one. */
export function labelStep(bars: readonly Pick<Bar, 'axis'>[], width: number): number {
  const CHARACTER = 7;
  const GAP = 10;
  const longest = Math.max(0, ...bars.map(({ axis }) => axis.length));
  const each = width / Math.max(1, bars.length);
  return Math.max(1, Math.ceil((longest * CHARACTER + GAP) / each));
}

/** A slice of a ring as an SVG path: from and to are parts of the whole turn, from the top clockwise. */
export function slice(from: number, to: number, outer: number, inner: number): string {
  // A whole turn ends where it begins, which an arc cannot say.
  const end = Math.min(to, from + 0.9999);
  const point = (turn: number, radius: number) => {
    const angle = turn * 2 * Math.PI - Math.PI / 2;
    return `${(Math.cos(angle) * radius).toFixed(3)} ${(Math.sin(angle) * radius).toFixed(3)}`;
  };
  const large = end - from > 0.5 ? 1 : 0;
  return [
    `M ${point(from, outer)}`,
    `A ${outer} ${outer} 0 ${large} 1 ${point(end, outer)}`,
    `L ${point(end, inner)}`,
    `A ${inner} ${inner} 0 ${large} 0 ${point(from, inner)}`,
    'Z',
  ].join(' ');
}
