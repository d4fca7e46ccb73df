import { CalendarSearch } from 'lucide-react';
import { EmptyState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { t } from '@/messages/later';
import { clearedFilters, countFilters } from '../filters';
import type { ReportSearch } from '../search';

interface NoTimeProps {
  search: ReportSearch;
  onSearch: (changes: Partial<ReportSearch>) => void;
}

/** The server has answered, and there is nothing: because of the filters, or at all. */
export function NoTime({ search, onSearch }: NoTimeProps) {
  const isFiltered = countFilters(search) > 0;
  return (
    <EmptyState
      icon={<CalendarSearch aria-hidden />}
      title={isFiltered ? t.reports.noneFiltered : t.reports.none}
      action={isFiltered && <Button onClick={() => onSearch(clearedFilters)}>{t.reports.clear}</Button>}
    >
      {isFiltered ? t.reports.noneFilteredHint : t.reports.noneHint}
    </EmptyState>
  );
}
