import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Entry, Tag } from '@/api/types';
import { useCatalog, useTags, type Catalog, type CategoryPlace } from '@/entities/catalog/catalog';
import { pickerGroups } from '@/entities/entry/category-picker/options';
import { useRecentCategories } from '@/entities/entry/category-picker/use-recent-categories';
import { recentEntriesQuery } from '@/entities/entry/queries';
import { rank } from '@/lib/rank';
import { inlineToken } from '../inline';

/** What is offered under the description: what was tracked before, or what a token in it stands for. */
export type Suggestion = { key: string } & (
  | {
      kind: 'entry';
      description: string;
      place: CategoryPlace;
      tagIds: string[];
      billable: boolean;
    }
  | { kind: 'category'; place: CategoryPlace }
  | { kind: 'tag'; tag: Tag }
  | { kind: 'billable' }
);

const MAX = 7;

/** Earlier entries whose description holds what is typed, newest first, each once. */
function entriesLike(typed: string, entries: readonly Entry[], catalog: Catalog | undefined): Suggestion[] {
  const words = typed.trim().toLowerCase();
  const found = new Map<string, Suggestion>();
  for (const entry of entries) {
    const key = `${entry.categoryId}\n${entry.description}`;
    const place = catalog?.place(entry.categoryId);
    if (found.has(key) || !entry.description || !place || place.archived) continue;
    if (!entry.description.toLowerCase().includes(words)) continue;
    const { description, tagIds, billable } = entry;
    found.set(key, { kind: 'entry', key, description, place, tagIds, billable });
    if (found.size === MAX) break;
  }
  return [...found.values()];
}

function categoriesLike(query: string, catalog: Catalog, recent: readonly string[]): Suggestion[] {
  return pickerGroups({ catalog, query, recent, selected: null, creates: false })
    .flatMap(({ items }) => items)
    .flatMap((item): Suggestion[] =>
      item.kind === 'category' ? [{ kind: 'category', key: item.key, place: item.place }] : [],
    )
    .slice(0, MAX);
}

function tagsLike(query: string, tags: readonly Tag[]): Suggestion[] {
  return tags
    .flatMap((tag) => {
      const fit = query === '' ? 0 : rank(tag.name, query);
      return fit === null ? [] : [{ tag, fit }];
    })
    .sort((a, b) => a.fit - b.fit)
    .slice(0, MAX)
    .map(({ tag }) => ({ kind: 'tag', key: tag.id, tag }));
}

export function useSuggestions(typed: string): Suggestion[] {
  const { data: entries } = useQuery(recentEntriesQuery);
  const catalog = useCatalog().data;
  const { tags } = useTags();
  const recent = useRecentCategories();
  return useMemo(() => {
    const token = inlineToken(typed);
    switch (token?.kind) {
      case '@':
        return catalog ? categoriesLike(token.query, catalog, recent) : [];
      case '#':
        return tagsLike(token.query, tags);
      case '$':
        return [{ kind: 'billable', key: 'billable' }];
      default:
        return entriesLike(typed, entries ?? [], catalog);
    }
  }, [entries, catalog, typed, tags, recent]);
}
