/** Queries of time entries and their copies in the cache, which several features change. */
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useQuery,
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

/** The newest entries, whatever they are: what pickers and suggestions offer first. They are the first page of the whole list. */
export const recentEntriesQuery = queryOptions({
  queryKey: keys.recentEntries,
  queryFn: async ({ client }) => {
    const { pages } = await client.fetchInfiniteQuery({ ...entryListQuery({}), staleTime: 2_000 });
    return pages[0]?.entries ?? [];
  },
  staleTime: 60_000,
});

/** The entry that was tracked last and is over: what `continue` goes on with. */
export function useLastEntry(): Entry | undefined {
  return useQuery(recentEntriesQuery).data?.find(({ stoppedAt }) => stoppedAt !== null);
}

const MAX_FOUND = 20;

/** Entries that fit some words; without any, the newest. */
export function searchEntriesQuery(words: string) {
  return queryOptions({
    queryKey: keys.entrySearch(words),
    queryFn: ({ signal }) =>
      body(
        http.GET('/api/time/entries', {
          params: { query: { ...(words ? { q: words } : {}), limit: MAX_FOUND } },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

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

/** Whether a list with these filters has the entry; null when only the server can tell. */
function isListed(entry: Entry, filters: EntryFilters): boolean | null {
  const { from, to, projectId, categoryId, clientId, tagId, q, billable } = filters;
  const startedAt = toMillis(entry.startedAt);
  const isOut =
    (from !== undefined && startedAt < toMillis(from)) ||
    (to !== undefined && startedAt > toMillis(to)) ||
    (projectId !== undefined && projectId !== entry.projectId) ||
    (billable !== undefined && billable !== entry.billable) ||
    (tagId?.some((id) => !entry.tagIds.includes(id)) ?? false);
  if (isOut) return false;
  const isIn =
    (categoryId === undefined || categoryId === entry.categoryId) &&
    clientId === undefined &&
    q === undefined;
  return isIn ? true : null;
}

/** The filters of a cached list, by its key; null of lists that only the server can put together. */
function filtersOf(key: QueryKey): EntryFilters | null {
  const [, kind, first, second] = key as [string, string, unknown, unknown];
  switch (kind) {
    case 'list':
      return first as EntryFilters;
    case 'range':
      return { from: first as string, to: second as string };
    case 'reaching':
      return {
        ...(first as EntryFilters),
        from: toTimestamp(toMillis(second as string) - REACH_MS),
        to: second as string,
      };
    case 'recent':
      return {};
    default:
      return null;
  }
}

function newestFirst(a: Entry, b: Entry): number {
  return toMillis(b.startedAt) - toMillis(a.startedAt);
}

/** Puts an entry into a list where it belongs, unless that place is not loaded yet. */
function insert(cached: Cached, entry: Entry): Cached {
  if (Array.isArray(cached)) return [...cached, entry].sort(newestFirst);
  const last = cached.pages.at(-1);
  const oldest = last?.entries.at(-1);
  if (last?.nextCursor && oldest && newestFirst(entry, oldest) > 0) return cached;
  const index = Math.max(
    0,
    cached.pages.findIndex(({ entries }) => entries.some((other) => newestFirst(entry, other) <= 0)),
  );
  return {
    ...cached,
    pages: cached.pages.map((page, at) =>
      at === index ? { ...page, entries: [...page.entries, entry].sort(newestFirst) } : page,
    ),
  };
}

function find(cached: Cached, id: string): Entry | undefined {
  const lists = Array.isArray(cached) ? [cached] : cached.pages.map(({ entries }) => entries);
  return lists.flat().find((entry) => entry.id === id);
}

function holds(cached: Cached, id: string): boolean {
  return find(cached, id) !== undefined;
}

function holdsAtTimes(cached: Cached, { id, startedAt, stoppedAt }: Entry): boolean {
  const found = find(cached, id);
  return found?.startedAt === startedAt && found.stoppedAt === stoppedAt;
}

/** Takes entries as the server has them now into every list, and those that are gone out of it. What only the server can tell is asked for. */
export async function takeEntries(
  client: QueryClient,
  entries: readonly Entry[],
  gone: readonly string[] = [],
): Promise<void> {
  await client.cancelQueries({ queryKey: keys.entries, predicate: ({ state }) => state.data !== undefined });
  const unclear: QueryKey[] = [];
  const lists = client.getQueriesData<Cached>({ queryKey: keys.entries });
  /** Whether entries may share other time than before. */
  const isMoved =
    gone.length > 0 ||
    !entries.every((entry) => lists.some(([, cached]) => cached && holdsAtTimes(cached, entry)));
  for (const [key, before] of lists) {
    if (!before) continue;
    const filters = filtersOf(key);
    const out = new Set(gone);
    const inside = entries.filter((entry) => {
      const listed = filters === null ? null : isListed(entry, filters);
      if (listed === false) out.add(entry.id);
      if (listed === null && !holds(before, entry.id)) unclear.push(key);
      return listed !== false;
    });
    const fresh = new Map(inside.map((entry) => [entry.id, entry]));
    let next = mapCached(before, (list) =>
      list.filter(({ id }) => !out.has(id)).map((entry) => fresh.get(entry.id) ?? entry),
    );
    for (const entry of inside)
      if (!holds(next, entry.id) && filters && isListed(entry, filters)) next = insert(next, entry);
    client.setQueryData(key, next);
  }
  const active = client.getQueryData<Entry | null>(keys.active);
  const running = entries.find(({ stoppedAt }) => stoppedAt === null);
  const isOver = active && (gone.includes(active.id) || entries.some(({ id }) => id === active.id));
  if (running) client.setQueryData<Entry | null>(keys.active, running);
  else if (isOver) client.setQueryData<Entry | null>(keys.active, null);
  if (isMoved) void client.invalidateQueries({ queryKey: keys.allOverlaps });
  for (const queryKey of unclear) void client.invalidateQueries({ queryKey, exact: true });
}

/** Adds an entry to the lists that it belongs to, until the server has it. */
export function addToCachedLists(client: QueryClient, entry: Entry): void {
  for (const [key, cached] of client.getQueriesData<Cached>({ queryKey: keys.entries })) {
    const filters = cached && filtersOf(key);
    if (cached && filters && isListed(entry, filters)) client.setQueryData(key, insert(cached, entry));
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
