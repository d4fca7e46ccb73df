import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ErrorState } from '@/components/states';
import { NativeSelect } from '@/components/ui/input';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';
import { usePreferences } from '@/hooks/use-preferences';
import { cn } from '@/lib/cn';
import { shownUnit } from '@/lib/time/apportion';
import { t } from '@/messages/later';
import type { useReport } from '../hooks/use-report';
import { summaryQuery, type Summary } from '../queries';
import { barChoices, chartGroups, chartQuestion, groupingsOf, sortOf } from '../question';
import { summaryRows } from '../rows';
import type { PartGrouping, ReportSearch, TimeGrouping } from '../search';
import { Charts } from './charts';
import { NoTime } from './no-time';
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
              <ReportCharts summary={chart.data} report={report} onSearch={onSearch} />
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

interface ReportChartsProps {
  summary: Summary;
  report: ReturnType<typeof useReport>;
  onSearch: (changes: Partial<ReportSearch>) => void;
}

function ReportCharts({ summary, report, onSearch }: ReportChartsProps) {
  const { days, catalog, today, drill } = report;
  // What the answer is about, which may be the question before.
  const [bars, parts] = summary.groupBy as [TimeGrouping, PartGrouping | undefined];
  return (
    <Charts
      summary={summary}
      bars={bars}
      parts={parts ?? null}
      catalog={catalog}
      today={today}
      drill={drill}
      choice={
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
      }
    />
  );
}
