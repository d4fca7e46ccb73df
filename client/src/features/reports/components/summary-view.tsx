import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ErrorState } from '@/components/states';
import { NativeSelect } from '@/components/ui/input';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';
import { usePreferences } from '@/hooks/use-preferences';
import { cn } from '@/lib/cn';
import { shownUnit } from '@/lib/time/apportion';
import { t } from '@/messages/later';
import { chartOf } from '../chart';
import type { useReport } from '../hooks/use-report';
import { summaryQuery, type Summary } from '../queries';
import { barChoices, chartGroups, chartQuestion, groupingsOf, sortOf } from '../question';
import { printedTotal, summaryRows } from '../rows';
import type { PartGrouping, ReportSearch, TimeGrouping } from '../search';
import { BarChart } from './bar-chart';
import { NoTime } from './no-time';
import { ShareChart } from './share-chart';
import { SummaryTable } from './summary-table';
import { Notices, TotalsBar } from './totals';

interface ViewProps {
  search: ReportSearch;
  report: ReturnType<typeof useReport>;
  onSearch: (changes: Partial<ReportSearch>) => void;
}

/** The sums: in all, over time, by share, and in a table. */
export function SummaryView({ search, report, onSearch }: ViewProps) {
  const { question, days, isReady, seesAmounts, catalog, today, timeZone, drill } = report;
  const { compare } = search;
  const sort = sortOf(search, seesAmounts);
  const groups = chartGroups(search, days);
  const table = useQuery({
    ...summaryQuery(question, {
      groupBy: [...groupingsOf(search)],
      ...(sort ? { sort } : {}),
      ...(compare ? { compare } : {}),
      ...(seesAmounts ? { amounts: true } : {}),
    }),
    enabled: isReady,
  });
  const chart = useQuery({ ...summaryQuery(question, chartQuestion(groups)), enabled: isReady });
  const { duration } = usePreferences();
  const rows = useMemo(
    () => (table.data ? summaryRows(table.data, shownUnit(), { catalog, today }) : []),
    // The unit is that of the duration format.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [table.data, catalog, today, duration],
  );
  const retry = () => {
    void table.refetch();
    void chart.refetch();
  };

  if (table.isPending) return <Loading />;
  if (!table.data) return <ErrorState title={t.reports.failed} error={table.error} onRetry={retry} />;
  const isOld = table.isPlaceholderData;
  return (
    <Updating isOld={isOld}>
      <Notices report={table.data} timeZone={timeZone} isStale={table.isRefetchError} onRetry={retry} />
      {table.data.total.entries === 0 && (table.data.compared?.total.entries ?? 0) === 0 ? (
        <NoTime search={search} onSearch={onSearch} />
      ) : (
        <>
          <TotalsBar
            report={table.data}
            drill={drill}
            perDay={chart.data && groups.bars === 'day' ? averageDay(chart.data) : null}
          />
          {chart.isPending ? (
            <LoadingChart />
          ) : chart.data ? (
            <Updating isOld={chart.isPlaceholderData && !isOld}>
              <Charts summary={chart.data} report={report} onSearch={onSearch} />
            </Updating>
          ) : (
            <div className="mb-3">
              <ErrorState
                title={t.reports.chartFailed}
                error={chart.error}
                onRetry={() => void chart.refetch()}
              />
            </div>
          )}
          <SummaryTable
            report={table.data}
            rows={rows}
            sort={sort}
            onSort={(next) => onSearch({ sort: next })}
            drill={drill}
          />
        </>
      )}
    </Updating>
  );
}

/** The seconds of a day that has any; null when none has. */
function averageDay({ groups, total }: Summary): number | null {
  const count = groups.filter(({ entries }) => entries > 0).length;
  return count > 1 ? total.roundedSeconds / count : null;
}

/** Figures of another question fade until the new ones are there, and lead nowhere. */
export function Updating({ isOld, children }: { isOld: boolean; children: React.ReactNode }) {
  return (
    <div
      aria-busy={isOld}
      inert={isOld}
      className={cn('transition-opacity', isOld && 'opacity-50 delay-100 duration-150')}
    >
      {children}
    </div>
  );
}

export function Loading() {
  return (
    <div>
      <Skeleton className="mb-3 h-20 rounded-xl" />
      <LoadingChart />
      <SkeletonRows rows={5} label={t.reports.loading} />
    </div>
  );
}

function LoadingChart() {
  return (
    <div className="mb-3 grid gap-3 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Skeleton className="h-76 rounded-xl" />
      <Skeleton className="h-76 rounded-xl max-lg:hidden" />
    </div>
  );
}

interface ChartsProps {
  summary: Summary;
  report: ReturnType<typeof useReport>;
  onSearch: (changes: Partial<ReportSearch>) => void;
}

function Charts({ summary, report, onSearch }: ChartsProps) {
  const { days, catalog, today, drill } = report;
  const [active, setActive] = useState<string | null>(null);
  const { duration } = usePreferences();
  // What the answer is about, which may be the question before.
  const [bars, parts] = summary.groupBy as [TimeGrouping, PartGrouping | undefined];
  const chart = useMemo(
    () => chartOf(summary, { bars, parts: parts ?? null }, { catalog, today, unit: shownUnit() }),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [summary, bars, parts, catalog, today, duration],
  );
  const barsName = t.reports.barsBy[bars];
  const partsName = parts && t.reports.partsBy[parts];
  const title = partsName ? t.reports.chartBy(barsName, partsName) : t.reports.chart(barsName);
  return (
    <div
      className={cn(
        'mb-3 grid gap-3',
        partsName && 'lg:grid-cols-[minmax(0,1fr)_21rem] print:grid-cols-[minmax(0,1fr)_16rem]',
      )}
    >
      <section aria-label={title} data-whole className="min-w-0 rounded-xl border bg-surface p-4 shadow-card">
        <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
          <h2 className="text-sm font-semibold">{title}</h2>
          <span className="print:hidden">
            <NativeSelect
              aria-label={t.reports.bars}
              title={t.reports.bars}
              value={bars}
              onChange={(event) => onSearch({ bars: event.currentTarget.value as TimeGrouping })}
              className="field-sizing-content h-8 text-[0.8125rem] sm:text-[0.8125rem]"
            >
              {barChoices(days).map((choice) => (
                <option key={choice} value={choice}>
                  {t.reports.groupings[choice]}
                </option>
              ))}
            </NativeSelect>
          </span>
        </div>
        <BarChart chart={chart} label={title} active={active} onActive={setActive} drill={drill} />
        <p className="sr-only">{t.reports.chartHint}</p>
      </section>
      {partsName && (
        <section
          aria-label={t.reports.share(partsName)}
          data-whole
          className="min-w-0 rounded-xl border bg-surface p-4 shadow-card"
        >
          <h2 className="mb-3 text-sm font-semibold">{t.reports.share(partsName)}</h2>
          <ShareChart
            parts={chart.parts}
            total={printedTotal(summary, shownUnit()).seconds}
            label={t.reports.share(partsName)}
            overlap={chart.overlap}
            active={active}
            onActive={setActive}
            drill={drill}
          />
        </section>
      )}
    </div>
  );
}
