import { Search, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { useTypedText } from '@/hooks/use-typed-text';
import { t } from '@/messages/later';
import { clearedFilters, countFilters } from '../filters';
import type { useFilterOptions } from '../hooks/use-filter-options';
import { timesOfWeek } from '../labels';
import type { ReportSearch } from '../search';
import { FilterMenu } from './filter-menu';
import { RoundingMenu } from './rounding-menu';

interface FiltersProps {
  search: ReportSearch;
  options: ReturnType<typeof useFilterOptions>;
  onChange: (changes: Partial<ReportSearch>) => void;
}

function orNone(ids: string[]): string[] | undefined {
  return ids.length > 0 ? ids : undefined;
}

/** Which entries count. Everything chosen here is in the URL. */
export function Filters({ search, options, onChange }: FiltersProps) {
  const { filterAny } = t.reports;
  const billable = search.billable === undefined ? [] : [String(search.billable)];
  return (
    <div role="search" aria-label={t.reports.filters} className="scrolled-row mb-3 gap-1.5">
      <TextFilter value={search.q ?? ''} onChange={(q) => onChange({ q: q || undefined })} />
      {options.map(({ kind, choices }) => (
        <FilterMenu
          key={kind}
          label={filterAny[kind]}
          options={choices}
          value={search[kind] ?? []}
          onChange={(ids) =>
            onChange({ [kind]: orNone(ids), ...(kind === 'category' ? { own: undefined } : {}) })
          }
        />
      ))}
      <FilterMenu
        label={filterAny.billable}
        options={[
          { id: 'true', label: t.entry.billable, alone: true },
          { id: 'false', label: t.entry.notBillable, alone: true },
        ]}
        value={billable}
        onChange={([id]) => onChange({ billable: id === undefined ? undefined : id === 'true' })}
      />
      <RoundingMenu search={search} onChange={onChange} />
      {search.own && <Chip label={t.reports.onlyDirectly} onRemove={() => onChange({ own: undefined })} />}
      {search.description !== undefined && (
        <Chip
          label={
            search.description === '' ? t.entry.noDescription : t.reports.withDescription(search.description)
          }
          onRemove={() => onChange({ description: undefined })}
        />
      )}
      {timesOfWeek(search).map(({ filter, label }) => (
        <Chip key={filter} label={label} onRemove={() => onChange({ [filter]: undefined })} />
      ))}
      {countFilters(search) > 0 && (
        <Button variant="ghost" size="sm" onClick={() => onChange(clearedFilters)}>
          {t.reports.clear}
        </Button>
      )}
    </div>
  );
}

/** A filter that a figure has set, and that can only be taken away. */
function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className="flex h-8 max-w-full min-w-0 items-center rounded-lg border border-primary/40 bg-accent pl-2.5 text-[0.8125rem] font-medium text-accent-foreground">
      <bdi className="max-w-60 truncate">{label}</bdi>
      <button
        type="button"
        aria-label={t.filters.remove(label)}
        onClick={onRemove}
        className="ml-0.5 flex size-7 items-center justify-center rounded-lg hover:bg-background/60 [&_svg]:size-4"
      >
        <X aria-hidden />
      </button>
    </span>
  );
}

function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const [text, setText] = useTypedText(value, onChange);
  return (
    <span className="relative max-sm:w-44 sm:max-w-64 sm:min-w-44 sm:flex-1">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted-foreground"
      />
      <Input
        type="search"
        aria-label={t.reports.search}
        placeholder={t.filter.searchShort}
        maxLength={500}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
        }}
        className="h-8 pl-8 text-[0.8125rem]"
      />
    </span>
  );
}
