import { ArrowDown, ArrowUp, ChevronRight } from 'lucide-react';
import { Fragment, useState } from 'react';
import { ColorDot } from '@/components/color-dot';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { cn } from '@/lib/cn';
import { shownUnit } from '@/lib/time/apportion';
import { formatNumber } from '@/lib/time/format';
import { t } from '@/messages/later';
import type { Step } from '../drill';
import { formatChange, formatTenths } from '../labels';
import { isTimeGrouping } from '../question';
import type { Summary } from '../queries';
import { printedTotal, unfoldable, type Row } from '../rows';
import type { Grouping, ReportSearch, Sort } from '../search';
import { Amounts } from './amounts';
import { Figure } from './figure';

/** Lines of one group that are drawn before more are asked for. */
const FIRST_LINES = 100;
const INDENT = 1.25;

export type Drill = (steps: readonly Step[], changes?: Partial<ReportSearch>) => ReportSearch | null;

interface SummaryTableProps {
  report: Summary;
  rows: readonly Row[];
  sort?: Sort | undefined;
  /** Absent where the order is that of the report. */
  onSort?: ((sort: Sort | undefined) => void) | undefined;
  drill: Drill;
}

interface LineContext {
  unfolded: ReadonlySet<string>;
  onToggle: (id: string) => void;
  drill: Drill;
  /** The days of the range before; null without a comparison. */
  before: { from: string; to: string } | null;
  /** Whether any line has others below it. */
  hasTree: boolean;
  /** Whether the exact time stands beside the rounded one. */
  isRounded: boolean;
  /** Whether anything is worth money, and the member may see it. */
  hasAmounts: boolean;
}

/** The groups with their figures, each of which leads to its entries. */
export function SummaryTable({ report, rows, sort, onSort, drill }: SummaryTableProps) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const all = unfoldable(rows);
  const isOpen = all.length > 0 && all.every((id) => unfolded.has(id));
  const unit = shownUnit();
  const total = printedTotal(report, unit);
  const { compared, amounts = [] } = report;
  /** The chart of the same tags says so already. */
  const isToldAbove = report.groupBy.find((one) => !isTimeGrouping(one as Grouping)) === 'tag';
  const context: LineContext = {
    unfolded,
    onToggle: (id) =>
      setUnfolded((before) => {
        const next = new Set(before);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    drill,
    before: compared ? { from: compared.fromDate, to: compared.toDate } : null,
    hasTree: all.length > 0,
    isRounded: report.rounding !== null,
    hasAmounts: amounts.length > 0,
  };

  return (
    <section
      aria-label={t.reports.table}
      className="overflow-hidden rounded-xl border bg-surface shadow-card"
    >
      <div className="relative overflow-x-auto">
        <table className="w-full text-sm">
          <caption className="sr-only">{t.reports.table}</caption>
          <thead>
            <tr className="border-b text-[0.8125rem] text-muted-foreground [&>th]:h-10 [&>th]:font-medium">
              <Head name="name" sort={sort} onSort={onSort} className="pl-2 text-left">
                {all.length > 0 && (
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    className="print:hidden"
                    aria-label={isOpen ? t.reports.collapseAll : t.reports.expandAll}
                    title={isOpen ? t.reports.collapseAll : t.reports.expandAll}
                    onClick={() => setUnfolded(new Set(isOpen ? [] : all))}
                  >
                    <ChevronRight aria-hidden className={cn('transition-transform', isOpen && 'rotate-90')} />
                  </Button>
                )}
              </Head>
              <Head name="time" sort={sort} onSort={onSort} />
              {report.rounding && (
                <th scope="col" className="px-3 text-right max-md:hidden print:table-cell">
                  {t.reports.columns.exact}
                </th>
              )}
              <th scope="col" className="px-3 text-right max-sm:pl-0">
                {t.reports.columns.share}
              </th>
              <Head name="billable" sort={sort} onSort={onSort} className="max-md:hidden print:table-cell" />
              {context.hasAmounts && (
                <Head name="amount" sort={sort} onSort={onSort} className="max-sm:hidden print:table-cell" />
              )}
              <th scope="col" className="px-3 text-right max-sm:hidden print:table-cell">
                {t.reports.columns.entries}
              </th>
              {compared && (
                <>
                  <th scope="col" className="px-3 text-right max-lg:hidden print:table-cell">
                    {t.reports.columns.before}
                  </th>
                  <th scope="col" className="px-3 text-right max-sm:hidden print:table-cell">
                    {t.reports.columns.change}
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody className="divide-y divide-border/70">
            <Lines rows={rows} level={0} context={context} />
          </tbody>
          <tfoot>
            <tr className="border-t-2 font-semibold [&>td]:h-11">
              <th scope="row" className={cn('pr-3 text-left', context.hasTree ? 'pl-11 print:pl-3' : 'pl-4')}>
                {t.reports.total}
              </th>
              <td className="px-3 text-right">
                <Figure to={drill([])} name={t.reports.total}>
                  <Duration seconds={total.seconds} exact={report.total.roundedSeconds} />
                </Figure>
              </td>
              {report.rounding && (
                <td className="px-3 text-right max-md:hidden print:table-cell">
                  <Figure to={drill([])} name={t.reports.total}>
                    <Duration seconds={total.exact} exact={report.total.durationSeconds} />
                  </Figure>
                </td>
              )}
              <td className="px-3 text-right tabular max-sm:pl-0">{formatTenths(total.share)}</td>
              <td className="px-3 text-right max-md:hidden print:table-cell">
                <Figure to={drill([], { billable: true })} name={t.reports.billable}>
                  <Duration seconds={total.billable} exact={report.total.roundedBillableSeconds} />
                </Figure>
              </td>
              {context.hasAmounts && (
                <td className="px-3 text-right max-sm:hidden print:table-cell">
                  <Figure to={drill([])} name={t.reports.total}>
                    <Amounts amounts={amounts} />
                  </Figure>
                </td>
              )}
              <td className="px-3 text-right tabular max-sm:hidden print:table-cell">
                <Figure to={drill([])} name={t.reports.total}>
                  {formatNumber(report.total.entries)}
                </Figure>
              </td>
              {compared && context.before && (
                <>
                  <td className="px-3 text-right max-lg:hidden print:table-cell">
                    <Figure
                      to={drill([], { range: undefined, ...context.before })}
                      name={t.reports.columns.before}
                    >
                      <Duration seconds={total.secondsBefore} exact={compared.total.roundedSeconds} />
                    </Figure>
                  </td>
                  <td className="px-3 text-right tabular max-sm:hidden print:table-cell">
                    {formatChange(report.total.roundedSeconds, compared.total.roundedSeconds) ??
                      t.reports.newSince}
                  </td>
                </>
              )}
            </tr>
          </tfoot>
        </table>
      </div>
      {report.groupsOverlap && !isToldAbove && (
        <p className="border-t px-3 py-2 text-[0.8125rem] text-muted-foreground">{t.reports.overlap}</p>
      )}
    </section>
  );
}

interface HeadProps {
  name: 'name' | 'time' | 'billable' | 'amount';
  sort: Sort | undefined;
  onSort: ((sort: Sort | undefined) => void) | undefined;
  className?: string;
  children?: React.ReactNode;
}

/** The head of a column by which the lines can be sorted: the way that is asked for most first, then the other, then as it was. */
function Head({ name, sort, onSort, className, children }: HeadProps) {
  const label = t.reports.columns[name];
  const [first, second]: [Sort, Sort] = name === 'name' ? ['name', '-name'] : [`-${name}`, name];
  const isDown = sort === `-${name}`;
  const isUp = sort === name;
  return (
    <th
      scope="col"
      aria-sort={isUp ? 'ascending' : isDown ? 'descending' : undefined}
      className={cn(name !== 'name' && 'px-1 text-right', className)}
    >
      <span className={cn('flex items-center', name !== 'name' && 'justify-end')}>
        {children}
        {onSort ? (
          <button
            type="button"
            title={t.reports.sortBy(label)}
            onClick={() => onSort(sort === first ? second : sort === second ? undefined : first)}
            className={cn(
              'flex h-8 items-center gap-1 rounded-md px-2 hover:bg-muted [&_svg]:size-3.5',
              (isDown || isUp) && 'text-foreground',
            )}
          >
            {label}
            {isDown && <ArrowDown aria-hidden />}
            {isUp && <ArrowUp aria-hidden />}
          </button>
        ) : (
          <span className="px-2">{label}</span>
        )}
      </span>
    </th>
  );
}

function Lines({ rows, level, context }: { rows: readonly Row[]; level: number; context: LineContext }) {
  const [limit, setLimit] = useState(FIRST_LINES);
  const more = rows.length - limit;
  return (
    <>
      {rows.slice(0, limit).map((row) => (
        <Fragment key={row.id}>
          <Line row={row} level={level} context={context} />
          {context.unfolded.has(row.id) && row.children.length > 0 && (
            <Lines rows={row.children} level={level + 1} context={context} />
          )}
        </Fragment>
      ))}
      {more > 0 && (
        <tr className="print:hidden">
          <td colSpan={9} style={{ paddingLeft: `${level * INDENT + 2.5}rem` }} className="py-1">
            <Button variant="ghost" size="sm" onClick={() => setLimit(limit + FIRST_LINES)}>
              {t.reports.showMore(Math.min(more, FIRST_LINES))}
            </Button>
          </td>
        </tr>
      )}
    </>
  );
}

function Line({ row, level, context }: { row: Row; level: number; context: LineContext }) {
  const { drill, before, unfolded, onToggle, hasTree, isRounded, hasAmounts } = context;
  const { label, totals } = row;
  const isOpen = unfolded.has(row.id);
  const to = totals.entries > 0 ? drill(row.steps) : null;
  const name = row.holder === null ? label : `${label} (${row.holder})`;
  return (
    <tr
      data-level={level}
      className={cn('group/line hover:bg-muted/40', level > 0 && 'bg-muted/20 text-[0.8125rem]')}
    >
      <th
        scope="row"
        className={cn('w-full max-w-0 py-1 pr-2 text-left font-normal', hasTree ? 'pl-2' : 'pl-4')}
      >
        <span className="flex min-h-8 items-center gap-2" style={{ paddingLeft: `${level * INDENT}rem` }}>
          {row.children.length > 0 ? (
            <Button
              variant="ghost"
              size="icon-sm"
              className="-mr-1.5 size-7 text-muted-foreground print:hidden"
              aria-expanded={isOpen}
              aria-label={isOpen ? t.reports.collapse(label) : t.reports.expand(label)}
              onClick={() => onToggle(row.id)}
            >
              <ChevronRight aria-hidden className={cn('transition-transform', isOpen && 'rotate-90')} />
            </Button>
          ) : (
            hasTree && <span className="-mr-1.5 w-7 shrink-0 print:hidden" />
          )}
          {row.color && <ColorDot color={row.color} />}
          {level > 0 && <span className="sr-only">{t.reports.level(level + 1)}</span>}
          <bdi className={cn('truncate', level === 0 && 'font-medium')} title={name}>
            {label}
          </bdi>
          {row.holder && (
            <bdi className="truncate text-[0.8125rem] text-muted-foreground max-sm:hidden">{row.holder}</bdi>
          )}
          {totals.running > 0 && (
            <span title={t.timer.running} className="size-2 shrink-0 rounded-full bg-running">
              <span className="sr-only">{t.timer.running}</span>
            </span>
          )}
        </span>
      </th>
      <td className="px-3 text-right">
        <Figure to={to} name={name} className={level === 0 ? 'font-medium' : ''}>
          <Duration seconds={row.seconds} exact={totals.roundedSeconds} />
        </Figure>
      </td>
      {isRounded && (
        <td className="px-3 text-right text-muted-foreground max-md:hidden print:table-cell">
          <Figure to={to} name={name}>
            <Duration seconds={row.exact} exact={totals.durationSeconds} />
          </Figure>
        </td>
      )}
      <td className="px-3 text-right max-sm:pl-0">
        <span className="inline-flex items-center gap-2">
          <ShareBar share={row.share} />
          <Figure to={to} name={name} className="min-w-13 text-muted-foreground tabular">
            {formatTenths(row.share)}
          </Figure>
        </span>
      </td>
      <td className="px-3 text-right text-muted-foreground max-md:hidden print:table-cell">
        <Figure
          to={to && totals.billableSeconds > 0 ? drill(row.steps, { billable: true }) : null}
          name={name}
        >
          <Duration seconds={row.billable} exact={totals.roundedBillableSeconds} />
        </Figure>
      </td>
      {hasAmounts && (
        <td className="px-3 text-right max-sm:hidden print:table-cell">
          <Figure to={row.amounts.length > 0 ? to : null} name={name}>
            <Amounts amounts={row.amounts} />
          </Figure>
        </td>
      )}
      <td className="px-3 text-right text-muted-foreground tabular max-sm:hidden print:table-cell">
        <Figure to={to} name={name}>
          {formatNumber(totals.entries)}
        </Figure>
      </td>
      {before && <Before row={row} before={before} drill={drill} />}
    </tr>
  );
}

/** The same in the range before, and how that has changed. */
function Before({ row, before, drill }: { row: Row; before: { from: string; to: string }; drill: Drill }) {
  const { totals } = row;
  const was = row.before;
  return (
    <>
      <td className="px-3 text-right text-muted-foreground max-lg:hidden print:table-cell">
        {was && (
          <Figure
            to={was.entries > 0 ? drill(row.steps, { range: undefined, ...before }) : null}
            name={row.label}
          >
            <Duration seconds={row.secondsBefore} exact={was.roundedSeconds} />
          </Figure>
        )}
      </td>
      <td className="px-3 text-right text-muted-foreground tabular max-sm:hidden print:table-cell">
        {was && (formatChange(totals.roundedSeconds, was.roundedSeconds) ?? t.reports.newSince)}
      </td>
    </>
  );
}

/** The share as a length, for the eye. */
function ShareBar({ share }: { share: number }) {
  return (
    <svg
      aria-hidden
      viewBox="0 0 100 6"
      preserveAspectRatio="none"
      className="h-1.5 w-16 rounded-full bg-muted max-md:hidden"
    >
      <rect width={share / 10} height="6" fill="var(--primary)" />
    </svg>
  );
}
