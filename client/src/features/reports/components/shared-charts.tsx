import { useMemo, useState } from 'react';
import type { Temporal } from 'temporal-polyfill';
import { parseDay } from '@/lib/time/zoned';
import { filled, partsOf } from '../chart';
import { barChoices, isTimeGrouping } from '../question';
import type { Summary } from '../queries';
import type { Grouping, PartGrouping } from '../search';
import { Charts, Share } from './charts';

interface SharedChartsProps {
  summary: Summary;
  today: Temporal.PlainDate;
}

/** A visitor has no way to entries beyond those of the report. */
const nowhere = () => null;

/** The charts that the groups of the report itself make: bars where they are time, else how the whole is shared out. */
export function SharedCharts({ summary, today }: SharedChartsProps) {
  const [first, second] = summary.groupBy as Grouping[];
  if (first === undefined || summary.total.roundedSeconds === 0) return null;
  if (!isTimeGrouping(first)) return <Shares summary={summary} grouping={first} today={today} />;
  const [from, to] = [parseDay(summary.fromDate), parseDay(summary.toDate)];
  if (!from || !to || !barChoices({ from, to }).includes(first)) return null;
  const groups = filled(summary, first);
  if (groups === null) return null;
  const parts = second !== undefined && !isTimeGrouping(second) ? second : null;
  return (
    <Charts
      // Only the tags of the chart itself can overlap.
      summary={{ ...summary, groups, groupsOverlap: parts === 'tag' }}
      bars={first}
      parts={parts}
      today={today}
      drill={nowhere}
    />
  );
}

function Shares({ summary, grouping, today }: SharedChartsProps & { grouping: PartGrouping }) {
  const [active, setActive] = useState<string | null>(null);
  const overlap = grouping === 'tag';
  const parts = useMemo(
    () =>
      partsOf(
        summary.groups,
        grouping,
        { total: summary.total, groupsOverlap: overlap },
        { catalog: undefined, today },
      ),
    [summary, grouping, overlap, today],
  );
  return (
    <div className="mb-3">
      <Share
        summary={summary}
        grouping={grouping}
        parts={parts}
        overlap={overlap}
        active={active}
        onActive={setActive}
        drill={nowhere}
      />
    </div>
  );
}
