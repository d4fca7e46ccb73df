import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { useCatalog, useTags } from '@/entities/catalog/catalog';
import { useToday } from '@/entities/me/use-today';
import { t } from '@/messages/first';
import { filterChips } from '../filter-labels';
import { noFilters, type EntriesSearch } from '../search';

interface FilterChipsProps {
  search: EntriesSearch;
  onChange: (changes: Partial<EntriesSearch>) => void;
  /** What the filtered entries add up to. */
  children?: ReactNode;
}

/** The filters that are set, each with a way to take it away. */
export function FilterChips({ search, onChange, children }: FilterChipsProps) {
  const catalog = useCatalog().data;
  const tagById = useTags().byId;
  const today = useToday();
  const chips = filterChips(search, { catalog, tagById, today });
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
            aria-label={t.filter.remove(label)}
            onClick={() => onChange(without)}
            className="ml-1 flex size-7 items-center justify-center rounded-lg hover:bg-background/60 [&_svg]:size-3.5"
          >
            <X aria-hidden />
          </button>
        </span>
      ))}
      <Button variant="ghost" size="sm" className="h-7" onClick={() => onChange(noFilters)}>
        {t.filter.clearAll}
      </Button>
      {children}
    </div>
  );
}
