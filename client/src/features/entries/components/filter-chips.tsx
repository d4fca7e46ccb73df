import { X } from 'lucide-react';
import { useQuery } from '@tanstack/react-query';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { useCatalog, useTags } from '@/entities/catalog/catalog';
import { isListed, type EntryFilters } from '@/entities/entry/filters';
import { meQuery } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { seesAllTime } from '@/entities/me/role-rules';
import { activeQuery } from '@/entities/entry/queries';
import { entryTotalsQuery, secondsNow } from '@/entities/entry/totals';
import { useToday } from '@/entities/me/use-today';
import { useNow } from '@/hooks/use-now';
import { t } from '@/messages/later';
import { filterChips } from '../filter-labels';
import { noFilters, type EntriesSearch } from '../search';

interface FilterChipsProps {
  search: EntriesSearch;
  filters: EntryFilters;
  onChange: (changes: Partial<EntriesSearch>) => void;
}

/** The filters that are set, each with a way to take it away. */
export function FilterChips({ search, filters, onChange }: FilterChipsProps) {
  const catalog = useCatalog().data;
  const tags = useTags();
  const tagById = tags.query.data && tags.byId;
  const today = useToday();
  const members = useMembers(search.member !== undefined).data;
  const role = useQuery(meQuery).data?.role;
  const member =
    search.member === 'all'
      ? memberOfAll(role)
      : (members?.find(({ id }) => id === search.member)?.name ?? t.filterMember.label);
  const chips = filterChips(search, { catalog, tagById, today, member });
  return (
    <div className="flex flex-wrap items-center gap-1.5 text-[0.8125rem]">
      {chips.map(({ key, label, without }) => (
        <span
          key={key}
          className="flex h-7 max-w-full min-w-0 items-center rounded-lg bg-accent pl-2.5 font-medium text-accent-foreground"
        >
          <bdi className="max-w-60 truncate">{label}</bdi>
          <button
            type="button"
            aria-label={t.filters.remove(label)}
            onClick={() => onChange(without)}
            className="ml-1 flex size-7 items-center justify-center rounded-lg hover:bg-background/60 [&_svg]:size-3.5"
          >
            <X aria-hidden />
          </button>
        </span>
      ))}
      <Button variant="ghost" size="sm" className="h-7" onClick={() => onChange(noFilters)}>
        {t.filters.clearAll}
      </Button>
      <FilterTotal filters={filters} />
    </div>
  );
}

/** Whose entries all are that the user may see. */
function memberOfAll(role: string | undefined): string {
  if (role === undefined) return t.filterMember.label;
  return seesAllTime(role) ? t.filterMember.everyone : t.filterMember.led;
}

/** What passes the filters, as the server sums it: also what is not loaded. */
function FilterTotal({ filters }: { filters: EntryFilters }) {
  const { data: totals } = useQuery(entryTotalsQuery(filters));
  const active = useQuery(activeQuery).data;
  // That of the user is none of another member's entries.
  const timer = active && isListed(active, filters) !== false ? active : null;
  const now = useNow((totals?.running ?? 0) > 0);
  if (!totals) return null;
  const seconds = secondsNow(totals, totals, totals.asOf, timer, now);
  // Of a running entry all is billable or nothing.
  const billable = totals.billableSeconds + (timer?.billable ? seconds - totals.durationSeconds : 0);
  return (
    <p
      aria-label={t.filterTotal.label}
      role="group"
      className="ml-auto flex items-baseline gap-2 text-muted-foreground"
    >
      <span>{t.filterTotal.entries(totals.entries)}</span>
      <Duration seconds={seconds} className="text-sm font-semibold text-foreground" />
      {billable > 0 && (
        <span>
          {t.filterTotal.billable} <Duration seconds={billable} />
        </span>
      )}
    </p>
  );
}
