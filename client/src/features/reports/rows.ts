/** The table of a summary: groups within groups, whose figures add up as they are shown. */
import type { Temporal } from 'temporal-polyfill';
import type { Catalog } from '@/entities/catalog/catalog';
import { apportion } from '@/lib/time/apportion';
import { t } from '@/messages/later';
import type { Step } from './drill';
import { groupColor, groupLabel } from './labels';
import { isTimeGrouping } from './question';
import type { Group, ReportAmount, Summary, Totals } from './queries';
import type { Grouping } from './search';

export interface Row {
  /** The way to it from the top, for programs. */
  id: string;
  grouping: Grouping;
  label: string;
  /** What it belongs to, where its name alone may mean several. */
  holder: string | null;
  color: string | null;
  totals: Totals;
  /** What its time is worth, in each currency; nothing for those who may not see it. */
  amounts: readonly ReportAmount[];
  /** Of the range that it is compared with; null where nothing corresponds. */
  before: Totals | null;
  /** The groups that it lies in, and itself. */
  steps: Step[];
  children: Row[];
  /** As it is printed, in seconds. */
  seconds: number;
  billable: number;
  /** Not rounded by the rule of the report. */
  exact: number;
  /** Of the whole report, in tenths of a percent. */
  share: number;
  /** The seconds of `before`. */
  secondsBefore: number;
}

const NOTHING: Totals = {
  entries: 0,
  running: 0,
  durationSeconds: 0,
  billableSeconds: 0,
  roundedSeconds: 0,
  roundedBillableSeconds: 0,
};

/** Of a hundred percent. */
export const ALL_TENTHS = 1_000;

/** Shares of a total in tenths of a percent, which together are the share of what they are parts of. */
export function sharesOf(lengths: readonly number[], total: number, of: number): number[] {
  if (total <= 0) return lengths.map(() => 0);
  return apportion(
    lengths.map((seconds) => (seconds * ALL_TENTHS) / total),
    1,
    of,
  );
}

interface Names {
  groupings: readonly Grouping[];
  catalog: Catalog | undefined;
  today: Temporal.PlainDate;
}

function newRow(
  group: Group,
  grouping: Grouping,
  above: { id: string; steps: readonly Step[] },
  { catalog, today }: Names,
): Row {
  return {
    id: `${above.id}/${grouping}:${group.key ?? ''}`,
    grouping,
    label: groupLabel(grouping, group, today),
    holder: group.belongsTo?.name ?? null,
    color: groupColor(grouping, group, catalog),
    totals: group,
    amounts: group.amounts ?? [],
    before: null,
    steps: [...above.steps, { grouping, group }],
    children: [],
    seconds: 0,
    billable: 0,
    exact: 0,
    share: 0,
    secondsBefore: 0,
  };
}

function rowsOf(
  groups: readonly Group[],
  level: number,
  above: { id: string; steps: readonly Step[] },
  names: Names,
): Row[] {
  const grouping = names.groupings[level];
  if (grouping === undefined) return [];
  if (grouping === 'category') return categoryRows(groups, level, above, names);
  return (
    groups
      // Below a category there are also groups that only the categories below it have.
      .filter(({ entries }) => entries > 0 || isTimeGrouping(grouping))
      .map((group) => {
        const row = newRow(group, grouping, above, names);
        return { ...row, children: rowsOf(group.groups ?? [], level + 1, row, names) };
      })
  );
}

/** Categories as the tree that they are. What is tracked in a category itself stands beside the categories below it. */
function categoryRows(
  groups: readonly Group[],
  level: number,
  above: { id: string; steps: readonly Step[] },
  names: Names,
): Row[] {
  const roots: Row[] = [];
  /** From the root down to the category before. */
  const line: Row[] = [];
  const known = new Map<Row, Group>();
  for (const group of groups) {
    const depth = Math.min(group.depth ?? 0, line.length);
    line.length = depth;
    const row = newRow(group, 'category', above, names);
    row.totals = group.subtree ?? group;
    row.amounts = group.subtreeAmounts ?? row.amounts;
    // Below its parent the project goes without saying.
    if (depth > 0 || names.groupings.slice(0, level).includes('project')) row.holder = null;
    known.set(row, group);
    (line.at(-1)?.children ?? roots).push(row);
    line.push(row);
  }
  for (const [row, group] of known) {
    if (row.children.length === 0) {
      row.children = rowsOf(group.groups ?? [], level + 1, row, names);
    } else if (group.entries > 0) {
      const own: Row = {
        ...newRow(group, 'category', above, names),
        id: `${row.id}/own`,
        label: t.reports.directly(row.label),
        holder: null,
        steps: [...above.steps, { grouping: 'category', group, own: true }],
      };
      own.children = rowsOf(group.groups ?? [], level + 1, own, names);
      row.children.push(own);
    }
  }
  return roots;
}

/** What there was before and is no more has a line, too: the lines of the range before add up as well. */
function gone(row: Row): Row {
  return { ...row, totals: NOTHING, amounts: [], before: row.totals, children: row.children.map(gone) };
}

function compare(rows: readonly Row[], before: readonly Row[]): Row[] {
  // Another range has other days; only what comes again corresponds.
  const [first] = [...rows, ...before];
  if (first && isTimeGrouping(first.grouping) && first.steps.at(-1)?.group.fromDate) return [...rows];
  const byId = new Map(before.map((row) => [row.id, row]));
  const compared = rows.map((row) => {
    const other = byId.get(row.id);
    byId.delete(row.id);
    return {
      ...row,
      before: other?.totals ?? NOTHING,
      children: compare(row.children, other?.children ?? []),
    };
  });
  return [...compared, ...[...byId.values()].map(gone)];
}

/** An entry with two tags is in two groups, so those do not add up to the total. */
function overlaps(rows: readonly Row[]): boolean {
  return rows[0]?.grouping === 'tag';
}

type Printed = Pick<Row, 'seconds' | 'billable' | 'exact' | 'share' | 'secondsBefore'>;

function print(rows: readonly Row[], above: Printed, total: number, unit: number): Row[] {
  const lengths = rows.map(({ totals }) => totals.roundedSeconds);
  const billables = rows.map(({ totals }) => totals.roundedBillableSeconds);
  const exacts = rows.map(({ totals }) => totals.durationSeconds);
  const befores = rows.map(({ before }) => before?.roundedSeconds ?? 0);
  const alone = overlaps(rows);
  const each = (seconds: number) => apportion([seconds], unit)[0] ?? 0;
  const seconds = alone ? lengths.map(each) : apportion(lengths, unit, above.seconds);
  const billable = alone ? billables.map(each) : apportion(billables, unit, above.billable);
  const exact = alone ? exacts.map(each) : apportion(exacts, unit, above.exact);
  const earlier =
    alone || rows.some(({ before }) => before === null)
      ? befores.map(each)
      : apportion(befores, unit, above.secondsBefore);
  const shares = alone
    ? lengths.map((length) => (total > 0 ? Math.round((length * ALL_TENTHS) / total) : 0))
    : sharesOf(lengths, total, above.share);
  return rows.map((row, index) => {
    const printed = {
      seconds: seconds[index] ?? 0,
      billable: billable[index] ?? 0,
      exact: exact[index] ?? 0,
      share: shares[index] ?? 0,
      secondsBefore: earlier[index] ?? 0,
    };
    return { ...row, ...printed, children: print(row.children, printed, total, unit) };
  });
}

/** The total as it is printed. */
export function printedTotal(
  { total, compared }: Pick<Summary, 'total' | 'compared'>,
  unit: number,
): Printed {
  const printed = (seconds: number) => apportion([seconds], unit)[0] ?? 0;
  return {
    seconds: printed(total.roundedSeconds),
    billable: printed(total.roundedBillableSeconds),
    exact: printed(total.durationSeconds),
    share: total.roundedSeconds > 0 ? ALL_TENTHS : 0,
    secondsBefore: printed(compared?.total.roundedSeconds ?? 0),
  };
}

/** The lines of a summary; `unit` is the smallest step of what is printed, in seconds. */
export function summaryRows(
  report: Summary,
  unit: number,
  { catalog, today }: Pick<Names, 'catalog' | 'today'>,
): Row[] {
  const names = { groupings: report.groupBy as Grouping[], catalog, today };
  const top = { id: '', steps: [] };
  const rows = rowsOf(report.groups, 0, top, names);
  const compared = report.compared ? compare(rows, rowsOf(report.compared.groups, 0, top, names)) : rows;
  return print(compared, printedTotal(report, unit), report.total.roundedSeconds, unit);
}

/** Every line that can be unfolded. */
export function unfoldable(rows: readonly Row[]): string[] {
  return rows.flatMap(({ id, children }) => (children.length > 0 ? [id, ...unfoldable(children)] : []));
}
