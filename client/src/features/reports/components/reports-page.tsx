import { Printer } from 'lucide-react';
import { useMemo } from 'react';
import { PageHeader } from '@/components/page-header';
import { Button } from '@/components/ui/button';
import { Segmented } from '@/components/ui/segmented';
import { usePreferences } from '@/hooks/use-preferences';
import { cn } from '@/lib/cn';
import { t } from '@/messages/later';
import { useFilterOptions } from '../hooks/use-filter-options';
import { useReport } from '../hooks/use-report';
import { daysLabel, presetOf } from '../ranges';
import { readReportSearch, type ReportSearch } from '../search';
import { DetailedView } from './detailed-view';
import { ExportMenu } from './export-menu';
import { Filters } from './filters';
import { Groupings } from './groupings';
import { PrintedFilters } from './printed-filters';
import { RangePicker } from './range-picker';
import { SavedReports } from './saved-reports';
import { SummaryView } from './summary-view';

interface ReportsPageProps {
  /** As the URL has it, which may be mistyped. */
  url: ReportSearch;
  onSearch: (changes: Partial<ReportSearch>) => void;
}

/** How much time was tracked: summed up by groups, or entry by entry. All that it is about is in the URL. */
export function ReportsPage({ url, onSearch }: ReportsPageProps) {
  const search = useMemo(() => readReportSearch({ ...url }), [url]);
  const report = useReport(search);
  const options = useFilterOptions(search);
  // Formats are read where something is drawn.
  usePreferences();
  const preset = presetOf(search, report.today);
  const isDetailed = search.view === 'detailed';
  const hasMembers = options.some(({ kind }) => kind === 'member');
  const View = isDetailed ? DetailedView : SummaryView;
  return (
    <>
      <PageHeader title={t.reports.title}>
        <Segmented<'summary' | 'detailed'>
          label={t.reports.view}
          className="print:hidden"
          value={isDetailed ? 'detailed' : 'summary'}
          onChange={(view) => onSearch({ view: view === 'detailed' ? view : undefined })}
          options={[
            { value: 'summary', label: t.reports.views.summary },
            { value: 'detailed', label: t.reports.views.detailed },
          ]}
        />
        <SavedReports search={search} />
        <ExportMenu search={search} report={report} />
        <Button
          variant="ghost"
          className="px-2.5 max-sm:hidden print:hidden"
          aria-label={t.reports.print}
          title={t.reports.print}
          onClick={() => window.print()}
        >
          <Printer aria-hidden />
        </Button>
      </PageHeader>
      <div className="-mt-2 mb-3 flex flex-wrap items-center gap-x-3 gap-y-1">
        <RangePicker search={search} onChange={onSearch} />
        <p className="text-[0.8125rem] text-muted-foreground" title={t.reports.zone(report.timeZone)}>
          {/* An own range is named by the picker, which is not printed. */}
          <span className={cn(!preset && 'hidden print:inline')}>{daysLabel(report.days, report.today)}</span>
          <span className="hidden print:inline"> · {t.reports.zone(report.timeZone)}</span>
          {!preset && <span className="print:hidden">{t.reports.zone(report.timeZone)}</span>}
        </p>
      </div>
      <PrintedFilters search={search} options={options} />
      <Filters search={search} options={options} onChange={onSearch} />
      {!isDetailed && <Groupings search={search} onChange={onSearch} hasMembers={hasMembers} />}
      <View search={search} report={report} onSearch={onSearch} />
    </>
  );
}
