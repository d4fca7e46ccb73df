import { ChevronRight } from 'lucide-react';
import { Fragment } from 'react';
import { NativeSelect } from '@/components/ui/input';
import { t } from '@/messages/later';
import { groupingsOf } from '../question';
import { GROUPINGS, MAX_GROUPINGS, type Comparison, type Grouping, type ReportSearch } from '../search';

const COMPARISONS: readonly Comparison[] = ['previous', 'year'];

interface GroupingsProps {
  search: ReportSearch;
  onChange: (changes: Partial<ReportSearch>) => void;
  /** Whether the person sees the time of others. */
  hasMembers: boolean;
}

/** How the time is grouped, in up to three levels, and with what it is compared. */
export function Groupings({ search, onChange, hasMembers }: GroupingsProps) {
  const by = groupingsOf(search);
  const levels: (Grouping | null)[] = by.length < MAX_GROUPINGS ? [...by, null] : [...by];
  const choose = (level: number, grouping: Grouping | null) => {
    const next = [...levels];
    next[level] = grouping;
    onChange({ by: next.filter((one) => one !== null) });
  };
  return (
    <div className="scrolled-row mb-3 gap-x-1 text-[0.8125rem]">
      <span className="mr-1.5 whitespace-nowrap text-muted-foreground">{t.reports.groupBy}</span>
      {levels.map((grouping, level) => (
        <Fragment key={level}>
          {level > 0 && <ChevronRight aria-hidden className="size-3.5 text-muted-foreground" />}
          <NativeSelect
            aria-label={t.reports.groupLevel(level + 1)}
            value={grouping ?? ''}
            onChange={(event) => choose(level, (event.currentTarget.value || null) as Grouping | null)}
            className={`field-sizing-content h-8 text-[0.8125rem] sm:text-[0.8125rem] ${grouping === null ? 'text-muted-foreground' : ''}`}
          >
            {(level > 0 || grouping === null) && <option value="">{t.reports.noGrouping}</option>}
            {GROUPINGS.filter(
              (one) => one === grouping || (!levels.includes(one) && (one !== 'member' || hasMembers)),
            ).map((one) => (
              <option key={one} value={one}>
                {t.reports.groupings[one]}
              </option>
            ))}
          </NativeSelect>
        </Fragment>
      ))}
      <span className="ml-auto max-sm:pl-2">
        <NativeSelect
          aria-label={t.reports.compare}
          value={search.compare ?? ''}
          onChange={(event) =>
            onChange({ compare: (event.currentTarget.value || undefined) as Comparison | undefined })
          }
          className="field-sizing-content h-8 text-[0.8125rem] sm:text-[0.8125rem]"
        >
          <option value="">{t.reports.comparisons.none}</option>
          {COMPARISONS.map((one) => (
            <option key={one} value={one}>
              {t.reports.comparisons[one]}
            </option>
          ))}
        </NativeSelect>
      </span>
    </div>
  );
}
