import { ListFilter, Search, Tag as TagIcon, X } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useCatalog, useTags } from '@/entities/catalog/catalog';
import { DateInput } from '@/components/date-input';
import { TagPicker } from '@/entities/catalog/tag-picker';
import { Button } from '@/components/ui/button';
import { Input, NativeSelect } from '@/components/ui/input';
import { Popover } from '@/components/ui/popover';
import { Kbd } from '@/components/ui/tooltip';
import { useShortcut } from '@/hooks/use-shortcut';
import { useToday } from '@/entities/me/use-today';
import { cn } from '@/lib/cn';
import { formatDate, formatDay } from '@/lib/time/format';
import { countFilters, dayRange, noFilters, rangePresets, type EntriesSearch } from '../search';

const TYPING_PAUSE_MS = 300;

interface FilterBarProps {
  search: EntriesSearch;
  onChange: (changes: Partial<EntriesSearch>) => void;
}

/** Which entries are listed. Everything chosen here is in the URL. */
export function FilterBar({ search, onChange }: FilterBarProps) {
  const [open, setOpen] = useState(false);
  const count = countFilters(search);
  return (
    <div role="search" aria-label="Filter entries" className="mb-4 flex flex-wrap items-center gap-2">
      <TextFilter value={search.q ?? ''} onChange={(q) => onChange({ q: q || undefined })} />
      <Button
        className="md:hidden"
        aria-expanded={open}
        aria-controls="entry-filters"
        onClick={() => setOpen((before) => !before)}
      >
        <ListFilter aria-hidden /> Filter{count > 0 && ` (${count})`}
      </Button>
      <div
        id="entry-filters"
        className={cn(
          'flex w-full flex-wrap items-center gap-2 md:flex md:w-auto md:flex-1',
          !open && 'max-md:hidden',
        )}
      >
        <RangeFilter search={search} onChange={onChange} />
        <PlaceFilter search={search} onChange={onChange} />
        <ClientFilter search={search} onChange={onChange} />
        <TagFilter search={search} onChange={onChange} />
        <NativeSelect
          aria-label="Billable"
          value={search.billable === undefined ? '' : String(search.billable)}
          onChange={({ currentTarget: { value } }) =>
            onChange({ billable: value === '' ? undefined : value === 'true' })
          }
          className={cn(chip, search.billable !== undefined && chosen)}
        >
          <option value="">Billable: any</option>
          <option value="true">Billable</option>
          <option value="false">Not billable</option>
        </NativeSelect>
        {count > 0 && (
          <Button variant="ghost" size="sm" onClick={() => onChange(noFilters)}>
            <X aria-hidden /> Clear
          </Button>
        )}
      </div>
    </div>
  );
}

const chip = 'h-9 w-auto max-w-44 cursor-pointer pl-2.5 text-[0.8125rem] font-medium sm:text-[0.8125rem]';
const chosen = 'border-primary/60 bg-accent text-accent-foreground';

function TextFilter({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    // The URL changed by itself: back, forward or "Clear".
    setKnown(value);
    if (value !== text.trim()) setText(value);
  }
  const commit = useEffectEvent((next: string) => {
    if (next !== value) onChange(next);
  });
  useEffect(() => {
    const timer = setTimeout(() => commit(text.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useShortcut('/', () => input.current?.focus());
  useEffect(() => {
    if (window.location.hash === '#search') input.current?.focus();
  }, []);

  return (
    <div className="relative min-w-40 flex-1 md:max-w-60">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-2.5 left-3 size-4 text-muted-foreground"
      />
      <Input
        ref={input}
        type="search"
        aria-label="Search descriptions"
        placeholder="Search"
        maxLength={500}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            setText('');
            event.currentTarget.blur();
          }
        }}
        className="pr-9 pl-9"
      />
      {text === '' && (
        <span
          aria-hidden
          className="pointer-events-none absolute top-2 right-2.5 text-muted-foreground max-md:hidden"
        >
          <Kbd>/</Kbd>
        </span>
      )}
    </div>
  );
}

function RangeFilter({ search, onChange }: FilterBarProps) {
  const today = useToday();
  const [open, setOpen] = useState(false);
  const presets = rangePresets(today);
  const range = dayRange(search);
  const preset = presets.find(({ from, to }) => from === search.from && to === search.to);
  const day = (date: NonNullable<typeof range.from>) => formatDate(date, today);
  const label =
    preset?.label ??
    (range.from && range.to
      ? range.from.equals(range.to)
        ? formatDay(range.from, today)
        : `${day(range.from)} – ${day(range.to)}`
      : range.from
        ? `Since ${day(range.from)}`
        : range.to
          ? `Until ${day(range.to)}`
          : 'All time');
  const choose = (changes: Partial<EntriesSearch>) => {
    onChange(changes);
    setOpen(false);
  };

  return (
    <Popover
      title="Range of days"
      open={open}
      onOpenChange={setOpen}
      className="w-72 p-2"
      trigger={
        <Button
          aria-label={`Days: ${label}`}
          className={cn(chip, 'max-w-72', (range.from ?? range.to) && chosen)}
        >
          <span className="truncate">{label}</span>
        </Button>
      }
    >
      <div className="grid grid-cols-2 gap-0.5">
        <Button
          variant="ghost"
          size="sm"
          className="justify-start"
          onClick={() => choose({ from: undefined, to: undefined })}
        >
          All time
        </Button>
        {presets.map(({ id, label: name, from, to }) => (
          <Button
            key={id}
            variant="ghost"
            size="sm"
            aria-pressed={preset?.id === id}
            className="justify-start aria-pressed:bg-accent"
            onClick={() => choose({ from, to })}
          >
            {name}
          </Button>
        ))}
      </div>
      <div className="mt-2 grid grid-cols-2 gap-2 border-t p-2 pt-3">
        {(['from', 'to'] as const).map((bound) => (
          <label key={bound} className="grid gap-1 text-xs font-medium">
            {bound === 'from' ? 'From' : 'To'}
            <DateInput
              value={search[bound] ?? ''}
              onCommit={(text) => onChange({ [bound]: text || undefined })}
              className="px-2 text-[0.8125rem]"
            />
          </label>
        ))}
      </div>
    </Popover>
  );
}

function PlaceFilter({ search, onChange }: FilterBarProps) {
  const catalog = useCatalog().data;
  const value = search.category
    ? `category ${search.category}`
    : search.project
      ? `project ${search.project}`
      : '';
  return (
    <NativeSelect
      aria-label="Project or category"
      value={value}
      onChange={(event) => {
        const [kind, id] = event.currentTarget.value.split(' ');
        onChange({
          project: kind === 'project' ? id : undefined,
          category: kind === 'category' ? id : undefined,
        });
      }}
      className={cn(chip, value && chosen)}
    >
      <option value="">All projects</option>
      {catalog?.projects.map((project) => (
        <optgroup key={project.id} label={project.archived ? `${project.name} (archived)` : project.name}>
          <option value={`project ${project.id}`}>All of {project.name}</option>
          {catalog.places
            .filter((place) => place.project.id === project.id)
            .map((place) => (
              <option key={place.category.id} value={`category ${place.category.id}`}>
                {place.path.join(' / ')}
              </option>
            ))}
        </optgroup>
      ))}
    </NativeSelect>
  );
}

function ClientFilter({ search, onChange }: FilterBarProps) {
  const clients = useCatalog().data?.clients ?? [];
  if (clients.length === 0) return null;
  return (
    <NativeSelect
      aria-label="Client"
      value={search.client ?? ''}
      onChange={(event) => onChange({ client: event.currentTarget.value || undefined })}
      className={cn(chip, search.client && chosen)}
    >
      <option value="">All clients</option>
      {clients.map((client) => (
        <option key={client.id} value={client.id}>
          {client.name}
        </option>
      ))}
    </NativeSelect>
  );
}

function TagFilter({ search, onChange }: FilterBarProps) {
  const { tags, byId } = useTags();
  if (tags.length === 0) return null;
  const names = (search.tag ?? []).map((id) => byId.get(id)?.name ?? 'unknown');
  return (
    <TagPicker
      existingOnly
      value={search.tag ?? []}
      onChange={(ids) => onChange({ tag: ids.length > 0 ? ids : undefined })}
      trigger={
        <Button
          aria-label={names.length > 0 ? `Tags: ${names.join(', ')}` : 'Filter by tags'}
          className={cn(chip, names.length > 0 && chosen)}
        >
          <TagIcon aria-hidden />
          <span className="truncate">{names.length > 0 ? names.join(', ') : 'Tags'}</span>
        </Button>
      }
    />
  );
}
