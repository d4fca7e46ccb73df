import { t } from '@/messages/later';
import type { useFilterOptions } from '../hooks/use-filter-options';
import { roundingLabel, timesOfWeek } from '../labels';
import type { ReportSearch } from '../search';

interface PrintedFiltersProps {
  search: ReportSearch;
  options: ReturnType<typeof useFilterOptions>;
}

/** On paper, where the controls are not: what the report is narrowed to. */
export function PrintedFilters({ search, options }: PrintedFiltersProps) {
  const { q, description, billable, own } = search;
  const filters = options.flatMap(({ kind, choices }) => {
    const chosen = search[kind];
    if (!chosen) return [];
    const names = chosen.map((id) => choices.find((choice) => choice.id === id)?.label ?? t.reports.unknown);
    return [t.reports.filterSet(t.reports.filterAny[kind], names.join(', '))];
  });
  const lines = [
    ...filters,
    roundingLabel(search),
    own && t.reports.onlyDirectly,
    billable !== undefined && (billable ? t.entry.billable : t.entry.notBillable),
    description !== undefined &&
      (description === '' ? t.entry.noDescription : t.reports.withDescription(description)),
    ...timesOfWeek(search).map(({ label }) => label),
    q && t.reports.filterSet(t.filter.searchShort, q),
  ].filter(Boolean);
  if (lines.length === 0) return null;
  return <p className="mb-3 hidden text-[0.8125rem] print:block">{lines.join(' · ')}</p>;
}
