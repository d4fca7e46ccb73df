import { useMemo, useState, type ReactNode } from 'react';
import type { Temporal } from 'temporal-polyfill';
import type { Catalog } from '@/entities/catalog/catalog';
import { usePreferences } from '@/hooks/use-preferences';
import { cn } from '@/lib/cn';
import { shownUnit } from '@/lib/time/apportion';
import { t } from '@/messages/later';
import { chartOf, type Part } from '../chart';
import type { Step } from '../drill';
import type { Summary } from '../queries';
import { printedTotal } from '../rows';
import type { PartGrouping, ReportSearch, TimeGrouping } from '../search';
import { BarChart } from './bar-chart';
import { ShareChart } from './share-chart';

type Drill = (steps: Step[]) => ReportSearch | null;

interface ChartsProps {
  /** Its first groups are the bars, those below them the parts. */
  summary: Summary;
  bars: TimeGrouping;
  parts: PartGrouping | null;
  catalog?: Catalog | undefined;
  today: Temporal.PlainDate;
  drill: Drill;
  /** What stands beside the title of the bars. */
  choice?: ReactNode;
}

/** Time along an axis, and how it is shared out. */
export function Charts({ summary, bars, parts, catalog, today, drill, choice }: ChartsProps) {
  const [active, setActive] = useState<string | null>(null);
  const { duration } = usePreferences();
  const chart = useMemo(
    () => chartOf(summary, { bars, parts }, { catalog, today, unit: shownUnit() }),
    // The unit is that of the duration format.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [summary, bars, parts, catalog, today, duration],
  );
  const barsName = t.reports.barsBy[bars];
  const title = parts ? t.reports.chartBy(barsName, t.reports.partsBy[parts]) : t.reports.chart(barsName);
  return (
    <div
      className={cn(
        'mb-3 grid gap-3',
        parts && 'lg:grid-cols-[minmax(0,1fr)_21rem] print:grid-cols-[minmax(0,1fr)_16rem]',
      )}
    >
      <section aria-label={title} data-whole className="min-w-0 rounded-xl border bg-surface p-4 shadow-card">
        <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
          <h2 className="text-sm font-semibold">{title}</h2>
          {choice}
        </div>
        <BarChart chart={chart} label={title} active={active} onActive={setActive} drill={drill} />
        <p className="sr-only">{t.reports.chartHint}</p>
      </section>
      {parts && (
        <Share
          summary={summary}
          grouping={parts}
          parts={chart.parts}
          overlap={chart.overlap}
          active={active}
          onActive={setActive}
          drill={drill}
        />
      )}
    </div>
  );
}

interface ShareProps {
  summary: Pick<Summary, 'total' | 'compared'>;
  grouping: PartGrouping;
  parts: readonly Part[];
  overlap: boolean;
  active: string | null;
  onActive: (part: string | null) => void;
  drill: Drill;
}

/** How the whole is shared out: the ring above its legend in a column beside the bars, beside it where there is room. */
export function Share({ summary, grouping, parts, overlap, active, onActive, drill }: ShareProps) {
  const title = t.reports.share(t.reports.partsBy[grouping]);
  return (
    <section
      aria-label={title}
      data-whole
      className="@container min-w-0 rounded-xl border bg-surface p-4 shadow-card"
    >
      <h2 className="mb-3 text-sm font-semibold">{title}</h2>
      <ShareChart
        parts={parts}
        total={printedTotal(summary, shownUnit()).seconds}
        label={title}
        overlap={overlap}
        active={active}
        onActive={onActive}
        drill={drill}
      />
    </section>
  );
}
