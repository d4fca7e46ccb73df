import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { formatMoney } from '@/lib/money';
import { shownUnit } from '@/lib/time/apportion';
import { formatClock, formatNumber } from '@/lib/time/format';
import { fill } from '@/messages/fill';
import { t } from '@/messages/later';
import { formatChange, formatTenths } from '../labels';
import type { Summary } from '../queries';
import { ALL_TENTHS, printedTotal } from '../rows';
import { Amounts } from './amounts';
import { Figure } from './figure';
import type { Drill } from './summary-table';

interface TotalsBarProps {
  report: Summary;
  drill: Drill;
  /** The seconds of a day with time, on average; null where days are not told apart. */
  perDay?: number | null;
}

/** What all of it comes to. */
export function TotalsBar({ report, drill, perDay = null }: TotalsBarProps) {
  const { total, compared, amounts = [] } = report;
  const hasCosts = amounts.some(({ cost }) => Number(cost) !== 0);
  const printed = printedTotal(report, shownUnit());
  const share =
    total.roundedSeconds > 0
      ? Math.round((total.roundedBillableSeconds / total.roundedSeconds) * ALL_TENTHS)
      : 0;
  const change = compared && formatChange(total.roundedSeconds, compared.total.roundedSeconds);
  return (
    <section
      aria-label={t.reports.totals}
      className="mb-3 grid grid-cols-2 gap-px overflow-hidden rounded-xl border bg-border shadow-card sm:flex"
    >
      <Cell
        label={t.reports.time}
        note={
          (compared ?? report.rounding) && (
            <>
              {report.rounding && (
                <span className="mr-2">
                  {fill(t.reports.exact, {
                    length: <Duration seconds={printed.exact} exact={total.durationSeconds} />,
                  })}
                </span>
              )}
              {compared && (
                <>
                  {change && <span className="font-medium text-foreground">{change}</span>}{' '}
                  <Figure
                    to={drill([], { range: undefined, from: compared.fromDate, to: compared.toDate })}
                    name={t.reports.columns.before}
                  >
                    {fill(t.reports.before, {
                      length: (
                        <Duration seconds={printed.secondsBefore} exact={compared.total.roundedSeconds} />
                      ),
                    })}
                  </Figure>
                </>
              )}
            </>
          )
        }
      >
        <Figure to={drill([])} name={t.reports.time}>
          <Duration seconds={printed.seconds} exact={total.roundedSeconds} />
        </Figure>
      </Cell>
      <Cell label={t.reports.billable} note={t.reports.ofTotal(formatTenths(share))}>
        <Figure
          to={total.billableSeconds > 0 ? drill([], { billable: true }) : null}
          name={t.reports.billable}
        >
          <Duration seconds={printed.billable} exact={total.roundedBillableSeconds} />
        </Figure>
      </Cell>
      <Cell label={t.reports.entries}>
        <Figure to={drill([])} name={t.reports.entries} className="tabular">
          {formatNumber(total.entries)}
        </Figure>
      </Cell>
      {amounts.length > 0 && (
        <Cell
          label={t.reports.amount}
          note={
            hasCosts &&
            amounts.map(({ currency, cost, profit }) => (
              <span key={currency} className="block truncate">
                {t.reports.costs(formatMoney(cost, currency), formatMoney(profit, currency))}
              </span>
            ))
          }
        >
          <Figure to={drill([])} name={t.reports.amount}>
            <Amounts amounts={amounts} />
          </Figure>
        </Cell>
      )}
      {perDay !== null && (
        <Cell label={t.reports.perDay}>
          <Duration seconds={perDay} />
        </Cell>
      )}
    </section>
  );
}

function Cell({ label, note, children }: { label: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0 flex-1 bg-surface px-4 py-3 max-sm:last:odd:col-span-2">
      <p className="truncate text-[0.8125rem] text-muted-foreground" title={label}>
        {label}
      </p>
      <p className="text-xl font-semibold tracking-tight">{children}</p>
      {note && <p className="truncate text-[0.8125rem] text-muted-foreground">{note}</p>}
    </div>
  );
}

interface NoticesProps {
  report: Summary;
  timeZone: string;
  /** The newest answer is an error, and this is the one before. */
  isStale?: boolean;
  onRetry?: () => void;
}

/** What is to be known of the figures. */
export function Notices({ report, timeZone, isStale = false, onRetry }: NoticesProps) {
  const time = formatClock(report.asOf, timeZone);
  const { running } = report.total;
  return (
    <>
      {isStale && (
        <p
          role="alert"
          className="mb-3 flex flex-wrap items-center gap-2 rounded-lg bg-warning-soft px-3 py-2 text-sm text-warning [&_svg]:size-4"
        >
          <TriangleAlert aria-hidden />
          <span className="flex-1">{t.reports.notRefreshed(time)}</span>
          <Button size="sm" onClick={onRetry}>
            {t.action.retry}
          </Button>
        </p>
      )}
      {running > 0 && (
        <p className="mb-3 flex items-center gap-2 text-[0.8125rem] text-muted-foreground">
          <span aria-hidden className="size-2 shrink-0 rounded-full bg-running" />
          {t.reports.running(running, time)}
        </p>
      )}
    </>
  );
}
