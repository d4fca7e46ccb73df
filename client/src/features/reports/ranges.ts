/** The days of a report. */
import type { Temporal } from 'temporal-polyfill';
import { formatDate, formatDateAs } from '@/lib/time/format';
import { parseDay, startOfWeek } from '@/lib/time/zoned';
import { t } from '@/messages/later';
import { DEFAULT_PRESET, PRESETS, type Preset, type ReportSearch } from './search';

export interface Days {
  from: Temporal.PlainDate;
  /** Part of the range. */
  to: Temporal.PlainDate;
}

type RangeSearch = Pick<ReportSearch, 'range' | 'from' | 'to'>;

/** The days of a preset; weeks begin on the person's first day. */
export function presetDays(preset: Preset, today: Temporal.PlainDate): Days {
  const week = startOfWeek(today);
  const month = today.with({ day: 1 });
  const year = today.with({ month: 1, day: 1 });
  switch (preset) {
    case 'today':
      return { from: today, to: today };
    case 'yesterday':
      return { from: today.subtract({ days: 1 }), to: today.subtract({ days: 1 }) };
    case 'week':
      return { from: week, to: week.add({ days: 6 }) };
    case 'last-week':
      return { from: week.subtract({ days: 7 }), to: week.subtract({ days: 1 }) };
    case 'month':
      return { from: month, to: month.add({ months: 1 }).subtract({ days: 1 }) };
    case 'last-month':
      return { from: month.subtract({ months: 1 }), to: month.subtract({ days: 1 }) };
    case 'year':
      return { from: year, to: year.with({ month: 12, day: 31 }) };
    case 'last-year':
      return { from: year.subtract({ years: 1 }), to: year.subtract({ days: 1 }) };
  }
}

export function presetLabel(preset: Preset): string {
  return {
    today: t.day.today,
    yesterday: t.day.yesterday,
    week: t.day.thisWeek,
    'last-week': t.day.lastWeek,
    month: t.day.thisMonth,
    'last-month': t.day.lastMonth,
    year: t.day.thisYear,
    'last-year': t.reports.lastYear,
  }[preset];
}

/** The days that the URL means today. */
export function daysOf(search: RangeSearch, today: Temporal.PlainDate): Days {
  const [from, to] = [parseDay(search.from), parseDay(search.to)];
  return from && to ? { from, to } : presetDays(search.range ?? DEFAULT_PRESET, today);
}

/** The preset that the URL names, or whose days it has. */
export function presetOf(search: RangeSearch, today: Temporal.PlainDate): Preset | undefined {
  if (!search.from) return search.range ?? DEFAULT_PRESET;
  const { from, to } = daysOf(search, today);
  return PRESETS.find((preset) => {
    const days = presetDays(preset, today);
    return days.from.equals(from) && days.to.equals(to);
  });
}

/** What the URL says of these days: a preset where they are one, so that a link to this week is one next week, too. */
export function searchOf({ from, to }: Days, today: Temporal.PlainDate): RangeSearch {
  const exact = { range: undefined, from: from.toString(), to: to.toString() };
  const preset = presetOf(exact, today);
  return preset ? { range: preset, from: undefined, to: undefined } : exact;
}

/** How many days a range has. */
export function countDays({ from, to }: Days): number {
  return from.until(to, { largestUnit: 'days' }).days + 1;
}

function isWholeMonths({ from, to }: Days): boolean {
  return from.day === 1 && to.add({ days: 1 }).day === 1;
}

/** The range before or after: as many whole months, or else as many days. */
export function step(days: Days, direction: -1 | 1): Days {
  if (isWholeMonths(days)) {
    const end = days.to.add({ days: 1 });
    const { months } = days.from.until(end, { largestUnit: 'months' });
    const from = days.from.add({ months: months * direction });
    return { from, to: from.add({ months }).subtract({ days: 1 }) };
  }
  const count = countDays(days) * direction;
  return { from: days.from.add({ days: count }), to: days.to.add({ days: count }) };
}

/** The days in words: `This week`, `March 2026`, `Mon 2 March – Wed 4 March`. */
export function rangeLabel(search: RangeSearch, today: Temporal.PlainDate): string {
  const preset = presetOf(search, today);
  return preset ? presetLabel(preset) : daysLabel(daysOf(search, today), today);
}

function monthLabel(day: Temporal.PlainDate): string {
  return formatDateAs(day, { month: 'long', year: 'numeric' });
}

/** The days themselves, never `This week`. */
export function daysLabel({ from, to }: Days, today: Temporal.PlainDate): string {
  if (from.equals(to)) return formatDate(from, today);
  if (isWholeMonths({ from, to })) {
    const last = to.with({ day: 1 });
    if (last.equals(from)) return monthLabel(from);
    if (from.month === 1 && to.month === 12)
      return from.year === to.year ? String(from.year) : t.day.range(String(from.year), String(to.year));
    return t.day.range(monthLabel(from), monthLabel(last));
  }
  return t.day.range(formatDate(from, today), formatDate(to, today));
}
