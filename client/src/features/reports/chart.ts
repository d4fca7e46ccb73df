/** The charts: what is drawn, before it is drawn. */
import type { Temporal } from 'temporal-polyfill';
import type { Catalog } from '@/entities/catalog/catalog';
import { palette } from '@/lib/colors';
import { apportion } from '@/lib/time/apportion';
import { t } from '@/messages/later';
import type { Step } from './drill';
import { axisLabel, groupColor, groupLabel } from './labels';
import type { ChartGroups } from './question';
import type { Group, Summary } from './queries';
import { ALL_TENTHS, sharesOf } from './rows';

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

/** The parts of all bars, the longest first; what is left after the first few is one part. */
function partsOf(report: Summary, { parts: grouping }: ChartGroups, { catalog, today }: ChartNames): Part[] {
  if (grouping === null) return [];
  const sums = new Map<string, { group: Group; seconds: number }>();
  for (const group of report.groups.flatMap(({ groups }) => groups ?? [])) {
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
  const parts = partsOf(report, groups, names);
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
