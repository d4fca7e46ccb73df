/** What the groups of a report are called. */
import type { Temporal } from 'temporal-polyfill';
import type { Catalog } from '@/entities/catalog/catalog';
import { formatClock, formatDate, formatDateAs, locale } from '@/lib/time/format';
import { temporal } from '@/lib/time/temporal';
import { parseDay } from '@/lib/time/zoned';
import { t } from '@/messages/later';
import { isTimeGrouping } from './question';
import type { Group } from './queries';
import { DEFAULT_ROUND_TO, WEEKDAYS, type Grouping, type ReportSearch } from './search';

type Named = Pick<Group, 'key' | 'name' | 'color' | 'belongsTo' | 'fromDate' | 'toDate'>;

const HOUR_MS = 3_600_000;

/** A day that is this weekday. */
function dayOfWeekday(key: string): Temporal.PlainDate {
  // 1 January 2024 was a Monday.
  const index = WEEKDAYS.findIndex((weekday) => weekday === key);
  return new temporal.PlainDate(2024, 1, 1 + Math.max(0, index));
}

function weekdayName(key: string): string {
  return formatDateAs(dayOfWeekday(key), { weekday: 'long' });
}

function hourRange(key: string): string {
  const at = Number(key) * HOUR_MS;
  return t.day.range(formatClock(at, 'UTC'), formatClock(at + HOUR_MS, 'UTC'));
}

function shortDate(day: Temporal.PlainDate): string {
  return formatDateAs(day, { day: 'numeric', month: 'short' });
}

/** `2026-W48` as people say it: `Week 48`. */
function weekNumber(name: string | null): string | undefined {
  const [, number] = /^\d{4}-W0?(\d+)$/.exec(name ?? '') ?? [];
  return number === undefined ? undefined : t.reports.weekNumber(number);
}

function timeLabel(grouping: Grouping, group: Named, today: Temporal.PlainDate): string {
  const { key, name } = group;
  const [from, to] = [parseDay(group.fromDate), parseDay(group.toDate)];
  const [year = '', part = ''] = (key ?? '').split('-');
  switch (grouping) {
    case 'hour':
      return hourRange(key ?? '0');
    case 'weekday':
      return weekdayName(key ?? '');
    case 'day':
      return from ? formatDate(from, today) : (name ?? '');
    case 'week': {
      if (!from || !to) return name ?? '';
      const days = from.equals(to) ? shortDate(from) : t.day.range(shortDate(from), shortDate(to));
      const numbered = weekNumber(name);
      return [numbered, from.year === today.year ? days : `${days} ${to.year}`].filter(Boolean).join(' · ');
    }
    case 'month':
      return from ? formatDateAs(from, { month: 'long', year: 'numeric' }) : (name ?? '');
    case 'quarter':
      return t.reports.quarter(part.replace('Q', ''), year);
    default:
      return name ?? key ?? '';
  }
}

/** A group by its name; what has none is called what it lacks. */
export function groupLabel(grouping: Grouping, group: Named, today: Temporal.PlainDate): string {
  if (isTimeGrouping(grouping)) return timeLabel(grouping, group, today);
  if (grouping === 'billable') return group.key === 'true' ? t.entry.billable : t.entry.notBillable;
  if (group.name) return group.name;
  switch (grouping) {
    case 'client':
      return t.reports.noClient;
    case 'tag':
      return t.reports.noTag;
    case 'description':
      return t.entry.noDescription;
    default:
      return t.reports.unknown;
  }
}

/** Below a bar, where there is little room. */
export function axisLabel(grouping: Grouping, group: Named, few: boolean): string {
  const from = parseDay(group.fromDate);
  const [year = '', part = ''] = (group.key ?? '').split('-');
  switch (grouping) {
    case 'hour':
      return formatClock(Number(group.key) * HOUR_MS, 'UTC').replace(/:00/, few ? ':00' : '');
    case 'weekday':
      return formatDateAs(dayOfWeekday(group.key ?? ''), { weekday: 'short' });
    case 'day':
      if (!from) return '';
      return few ? formatDateAs(from, { weekday: 'short', day: 'numeric' }) : String(from.day);
    case 'week':
      return from ? shortDate(from) : '';
    case 'month':
      return from
        ? formatDateAs(from, { month: 'short', ...(from.month === 1 ? { year: '2-digit' } : {}) })
        : '';
    case 'quarter':
      return `${part} ${year.slice(2)}`;
    default:
      return group.key ?? '';
  }
}

/** The colour that a group has by itself, or by what it belongs to. */
export function groupColor(grouping: Grouping, group: Named, catalog: Catalog | undefined): string | null {
  if (group.color ?? group.key === null) return group.color;
  if (grouping === 'category') return catalog?.place(group.key ?? '')?.color ?? null;
  return null;
}

let percents: { tag: string; format: Intl.NumberFormat } | undefined;

/** `12.5%` of tenths of a percent. */
export function formatTenths(tenths: number): string {
  const tag = locale();
  if (percents?.tag !== tag)
    percents = {
      tag,
      format: new Intl.NumberFormat(tag, { style: 'percent', minimumFractionDigits: 1 }),
    };
  return percents.format.format(tenths / 1000);
}

/** The times of the week to which a report is narrowed: of each kind one text, with what it is in the URL. */
export function timesOfWeek({
  weekday,
  hour,
}: ReportSearch): { filter: 'weekday' | 'hour'; label: string }[] {
  return [
    ...(weekday ? [{ filter: 'weekday' as const, label: weekday.map(weekdayName).join(', ') }] : []),
    ...(hour ? [{ filter: 'hour' as const, label: hour.map(hourRange).join(', ') }] : []),
  ];
}

/** `Rounded up to 15 min`; null of exact time. */
export function roundingLabel({ round, roundTo = DEFAULT_ROUND_TO }: ReportSearch): string | null {
  return round ? t.reports.rounded[round](roundTo) : null;
}

/** How much more or less than before: `+12%`; null where there was nothing before. */
export function formatChange(now: number, before: number): string | null {
  if (before === 0) return null;
  return new Intl.NumberFormat(locale(), {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  }).format((now - before) / before);
}
