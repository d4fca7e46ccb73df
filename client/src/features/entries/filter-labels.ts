/** What the filters that are set are called. */
import type { Temporal } from 'temporal-polyfill';
import type { Tag } from '@/api/types';
import { PATH_SEPARATOR, type Catalog } from '@/entities/catalog/catalog';
import { formatDate, formatDay } from '@/lib/time/format';
import { t } from '@/messages/later';
import { dayRange, rangePresets, type EntriesSearch } from './search';

/** The days in words: `This week`, `Since Mon 3 March`. */
function rangeLabel(search: EntriesSearch, today: Temporal.PlainDate): string {
  const preset = rangePresets(today).find(({ from, to }) => from === search.from && to === search.to);
  if (preset) return preset.label;
  const { from, to } = dayRange(search);
  if (from && to)
    return from.equals(to)
      ? formatDay(from, today)
      : t.day.range(formatDate(from, today), formatDate(to, today));
  if (from) return t.dayFilter.since(formatDate(from, today));
  return to ? t.dayFilter.until(formatDate(to, today)) : t.dayFilter.allTime;
}

export interface FilterChip {
  key: string;
  label: string;
  /** What takes this filter away. */
  without: Partial<EntriesSearch>;
}

interface Names {
  catalog: Catalog | undefined;
  /** Undefined until the tags are known. */
  tagById: ReadonlyMap<string, Tag> | undefined;
  today: Temporal.PlainDate;
  /** Whose entries are shown, when it is not only the user's own. */
  member: string;
}

/** One for each filter that is set, apart from the words searched for, which stand in their field. */
export function filterChips(search: EntriesSearch, { catalog, tagById, today, member }: Names): FilterChip[] {
  const chips: FilterChip[] = [];
  if (search.from ?? search.to)
    chips.push({
      key: 'days',
      label: rangeLabel(search, today),
      without: { from: undefined, to: undefined },
    });
  if (search.member) chips.push({ key: 'member', label: member, without: { member: undefined } });
  if (search.project)
    chips.push({
      key: 'project',
      label: catalog?.project(search.project)?.name ?? t.filters.place,
      without: { project: undefined },
    });
  if (search.category) {
    const place = catalog?.place(search.category);
    chips.push({
      key: 'category',
      label: place ? [place.project.name, ...place.path].join(PATH_SEPARATOR) : t.filters.place,
      without: { category: undefined },
    });
  }
  if (search.client)
    chips.push({
      key: 'client',
      label: catalog?.client(search.client)?.name ?? t.filters.client,
      without: { client: undefined },
    });
  for (const id of search.tag ?? []) {
    const others = (search.tag ?? []).filter((other) => other !== id);
    chips.push({
      key: `tag ${id}`,
      label: tagById ? (tagById.get(id)?.name ?? t.filters.unknownTag) : t.filters.tags,
      without: { tag: others.length > 0 ? others : undefined },
    });
  }
  if (search.billable !== undefined)
    chips.push({
      key: 'billable',
      label: search.billable ? t.entry.billable : t.entry.notBillable,
      without: { billable: undefined },
    });
  return chips;
}
