/** Queries of time entries and their copies in the cache, which several features change. */
import {
  infiniteQueryOptions,
  queryOptions,
  type InfiniteData,
  type QueryClient,
  type QueryKey,
} from '@tanstack/react-query';
import { answered, body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { isLive } from '@/api/live/state';
import type { Entry } from '@/api/types';
import { toMillis, toTimestamp } from '@/lib/time/zoned';

/** The filters of the entry list, as the API takes them. */
export interface EntryFilters {
  from?: string;
  to?: string;
  projectId?: string;
  categoryId?: string;
  clientId?: string;
  tagId?: string[];
  q?: string;
  billable?: boolean;
}

export interface EntryPage {
  entries: Entry[];
  nextCursor: string | null;
}

const PAGE_SIZE = 100;

export const activeQuery = queryOptions({
  queryKey: keys.active,
  queryFn: ({ signal }) => body<Entry | null>(http.GET('/api/time/active', { signal })),
  // Started or stopped on the phone: the desk shows it without a click, also where live updates do not get through.
  refetchInterval: () => (isLive() ? 300_000 : 30_000),
});

export function entryListQuery(filters: EntryFilters) {
  return infiniteQueryOptions({
    queryKey: keys.entryList(filters),
    queryFn: async ({ signal, pageParam }): Promise<EntryPage> => {
      const { data, response } = await answered(
        http.GET('/api/time/entries', {
          params: {
            query: {
              ...filters,
              ...(filters.categoryId ? { includeSubcategories: true } : {}),
              limit: PAGE_SIZE,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      );
      return { entries: data, nextCursor: response.headers.get('X-Next-Cursor') };
    },
    initialPageParam: '',
    getNextPageParam: (page: EntryPage) => page.nextCursor ?? undefined,
  });
}

/** Every entry that starts between two instants. */
export function entryRangeQuery(from: string, to: string) {
  return queryOptions({
    queryKey: keys.entryRange(from, to),
    queryFn: ({ signal }) => body(http.GET('/api/time/entries', { params: { query: { from, to } }, signal })),
  });
}

/** How long before a range what reaches into it may have begun: a timer that was forgotten over the holidays, and then stopped. */
const REACH_MS = 14 * 24 * 3_600_000;

/**
 * Entries that began before `from` and went on after it. The server lists by when entries start, so those of the two weeks before are
 * looked through.
 */
export function entriesReachingQuery(filters: EntryFilters, from: string) {
  return queryOptions({
    queryKey: keys.entriesReaching(filters, from),
    queryFn: ({ signal }) =>
      body(
        http.GET('/api/time/entries', {
          params: {
            query: {
              ...filters,
              ...(filters.categoryId ? { includeSubcategories: true } : {}),
              from: toTimestamp(toMillis(from) - REACH_MS),
              to: from,
            },
          },
          signal,
        }),
      ),
    select: (entries) =>
      entries.filter(({ stoppedAt }) => stoppedAt === null || toMillis(stoppedAt) > toMillis(from)),
  });
}

/** Several lists as one; what is in more than one of them comes once. */
export function withoutRepeats(...lists: (readonly Entry[])[]): Entry[] {
  return [...new Map(lists.flat().map((entry) => [entry.id, entry])).values()];
}

/** The newest entries, whatever they are: what pickers and suggestions offer first. */
export const recentEntriesQuery = queryOptions({
  queryKey: keys.recentEntries,
  queryFn: ({ signal }) => body(http.GET('/api/time/entries', { signal })),
  staleTime: 60_000,
});

type Cached = Entry[] | InfiniteData<EntryPage>;

function mapCached(cached: Cached, change: (entries: Entry[]) => Entry[]): Cached {
  if (Array.isArray(cached)) return change(cached);
  return { ...cached, pages: cached.pages.map((page) => ({ ...page, entries: change(page.entries) })) };
}

export type EntrySnapshot = [QueryKey, unknown][];

/** Changes entries in every list in the cache; the answer undoes it through {@link restoreEntries}. */
export async function changeCachedEntries(
  client: QueryClient,
  change: (entries: Entry[]) => Entry[],
): Promise<EntrySnapshot> {
  await client.cancelQueries({ queryKey: keys.entries });
  const before: EntrySnapshot = client.getQueriesData({ queryKey: keys.entries });
  client.setQueriesData<Cached>({ queryKey: keys.entries }, (cached) => cached && mapCached(cached, change));
  return before;
}

/** Whether a list with these filters has the entry; false too when only the server can tell. */
function isListed(entry: Entry, filters: EntryFilters): boolean {
  const { from, to, projectId, categoryId, clientId, tagId, q, billable } = filters;
  const startedAt = toMillis(entry.startedAt);
  return (
    (from === undefined || startedAt >= toMillis(from)) &&
    (to === undefined || startedAt <= toMillis(to)) &&
    (projectId === undefined || projectId === entry.projectId) &&
    (categoryId === undefined || categoryId === entry.categoryId) &&
    (billable === undefined || billable === entry.billable) &&
    (q === undefined || entry.description.toLowerCase().includes(q.toLowerCase())) &&
    clientId === undefined &&
    tagId === undefined
  );
}

/** Adds an entry to the lists that it belongs to, until they are asked for again. */
export function addToCachedLists(client: QueryClient, entry: Entry): void {
  for (const [key, cached] of client.getQueriesData<Cached>({ queryKey: keys.entries })) {
    const [, kind, first, to] = key;
    if (!cached) continue;
    if (kind === 'range' && Array.isArray(cached)) {
      if (isListed(entry, { from: first as string, to: to as string }))
        client.setQueryData(key, [entry, ...cached]);
    } else if (kind === 'list' && !Array.isArray(cached)) {
      const [page, ...others] = cached.pages;
      if (page && isListed(entry, first as EntryFilters))
        client.setQueryData(key, {
          ...cached,
          pages: [{ ...page, entries: [entry, ...page.entries] }, ...others],
        });
    }
  }
}

export function restoreEntries(client: QueryClient, snapshot: EntrySnapshot): void {
  for (const [key, data] of snapshot) client.setQueryData(key, data);
}

/** Puts entries as the server answered them into every list that holds them. */
export async function replaceCachedEntries(client: QueryClient, entries: readonly Entry[]): Promise<void> {
  const fresh = new Map(entries.map((entry) => [entry.id, entry]));
  await changeCachedEntries(client, (list) => list.map((entry) => fresh.get(entry.id) ?? entry));
}

/** Asks again for everything that depends on entries. */
export function refreshTime(client: QueryClient): Promise<unknown> {
  return Promise.all([
    client.invalidateQueries({ queryKey: keys.active }),
    client.invalidateQueries({ queryKey: keys.entries }),
    client.invalidateQueries({ queryKey: keys.allOverlaps }),
  ]);
}
