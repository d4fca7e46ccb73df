import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useCatalog, type CategoryPlace } from '@/entities/catalog/catalog';
import { recentEntriesQuery } from '@/entities/entry/queries';

/** Something that was tracked before and may be tracked again. */
export interface Suggestion {
  key: string;
  description: string;
  place: CategoryPlace;
  tagIds: string[];
  billable: boolean;
}

const MAX = 7;

/** Earlier entries whose description holds what is typed, newest first, each once. */
export function useSuggestions(typed: string): Suggestion[] {
  const { data: entries } = useQuery(recentEntriesQuery);
  const catalog = useCatalog().data;
  return useMemo(() => {
    const words = typed.trim().toLowerCase();
    const found = new Map<string, Suggestion>();
    for (const entry of entries ?? []) {
      const key = `${entry.categoryId}\n${entry.description}`;
      const place = catalog?.place(entry.categoryId);
      if (found.has(key) || !entry.description || !place || place.archived) continue;
      if (!entry.description.toLowerCase().includes(words)) continue;
      found.set(key, {
        key,
        description: entry.description,
        place,
        tagIds: entry.tagIds,
        billable: entry.billable,
      });
      if (found.size === MAX) break;
    }
    return [...found.values()];
  }, [entries, catalog, typed]);
}
