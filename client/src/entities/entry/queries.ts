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
import { toMillis } from '@/lib/time/zoned';
import { filterParameters, following, isListed, isOwn, type EntryFilters } from './filters';
import { isTotalsKey, noteInTotals, unclearTotals, type EntryChange } from './totals';

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
              ...filterParameters(filters),
              limit: PAGE_SIZE,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
          signal,
        }),
      );
      return { entries: data, nextCursor: response.headers.get('X-Next-Cursor') };
    },
    ...following(filters),
    initialPageParam: '',
    getNextPageParam: (page: EntryPage) => page.nextCursor ?? undefined,
  });
}

/** Every entry that has time between two instants. */
export function entryRangeQuery(from: string, to: string) {
  return queryOptions({
    queryKey: keys.entryRange(from, to),
    queryFn: ({ signal }) =>
      body(
        http.GET('/api/time/entries', { params: { query: { overlapFrom: from, overlapTo: to } }, signal }),
      ),
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

/** The lists of entries in the cache: totals are under the same key, so that what changes entries concerns them too. */
const listFilters = {
  queryKey: keys.entries,
  predicate: ({ queryKey }: { queryKey: QueryKey }) => !isTotalsKey(queryKey),
};

/** Every entry of which the cache has a version. */
function knownEntries(client: QueryClient): Map<string, Entry> {
  const known = new Map<string, Entry>();
  for (const [, cached] of client.getQueriesData<Cached>(listFilters)) {
    if (!cached) continue;
    const lists = Array.isArray(cached) ? [cached] : cached.pages.map(({ entries }) => entries);
    for (const entry of lists.flat()) known.set(entry.id, entry);
  }
  return known;
}

/** Lists that are on their way and were asked for before a change are asked for again: their answers may lack it. */
function askAnew(client: QueryClient): void {
  for (const query of client.getQueryCache().findAll({ queryKey: keys.entries, fetchStatus: 'fetching' })) {
    if (query.state.data !== undefined) continue;
    const again = () => void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    void query.promise?.then(again, () => undefined);
  }
}

/** Changes entries in every list in the cache; the answer undoes it through {@link restoreEntries}. */
export async function changeCachedEntries(
  client: QueryClient,
  change: (entries: Entry[]) => Entry[],
): Promise<EntrySnapshot> {
  await client.cancelQueries({ queryKey: keys.entries, predicate: ({ state }) => state.data !== undefined });
  const before: EntrySnapshot = client.getQueriesData({ queryKey: keys.entries });
  const known = knownEntries(client);
  const after = new Map(change([...known.values()]).map((entry) => [entry.id, entry]));
  const changes: EntryChange[] = [...known].flatMap(([id, entry]) =>
    after.get(id) === entry ? [] : [{ before: entry, after: after.get(id) ?? null }],
  );
  // An entry that goes on under another id was there before under its old one.
  for (const [id, entry] of after) if (!known.has(id)) changes.push({ before: null, after: entry });
  client.setQueriesData<Cached>(listFilters, (cached) => cached && mapCached(cached, change));
  noteInTotals(client, changes);
  return before;
}

/** The filters of a cached list, by its key; null of lists that only the server can put together. */
function filtersOf(key: QueryKey): EntryFilters | null {
  const [, kind, first, second] = key as [string, string, unknown, unknown];
  switch (kind) {
    case 'list':
      return first as EntryFilters;
    case 'range':
      return { overlapFrom: first as string, overlapTo: second as string };
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
  askAnew(client);
  const known = knownEntries(client);
  const unclear: QueryKey[] = noteInTotals(client, [
    // Of an entry that was just made it is known that it was not there before.
    ...entries.map((entry) => ({
      before: known.get(entry.id) ?? (entry.revision <= 1 ? null : undefined),
      after: entry,
    })),
    ...gone.map((id) => ({ before: known.get(id), after: null })),
  ]);
  const lists = client.getQueriesData<Cached>(listFilters);
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
  const running = entries.find((entry) => entry.stoppedAt === null && isOwn(entry));
  const isOver = active && (gone.includes(active.id) || entries.some(({ id }) => id === active.id));
  if (running) client.setQueryData<Entry | null>(keys.active, running);
  else if (isOver) client.setQueryData<Entry | null>(keys.active, null);
  if (isMoved) void client.invalidateQueries({ queryKey: keys.allOverlaps });
  void client.invalidateQueries({ queryKey: keys.usage });
  void client.invalidateQueries({ queryKey: keys.reports });
  for (const queryKey of unclear) void client.invalidateQueries({ queryKey, exact: true });
}

/** After a change whose answer says nothing of entries: reports, and totals that only the server can tell. */
export function refreshUnclearTotals(client: QueryClient): void {
  void client.invalidateQueries({ queryKey: keys.reports });
  for (const queryKey of unclearTotals(client)) void client.invalidateQueries({ queryKey, exact: true });
}

/** Adds an entry to the lists that it belongs to, until the server has it. */
export function addToCachedLists(client: QueryClient, entry: Entry): void {
  for (const [key, cached] of client.getQueriesData<Cached>(listFilters)) {
    const filters = cached && filtersOf(key);
    if (cached && filters && isListed(entry, filters)) client.setQueryData(key, insert(cached, entry));
  }
  noteInTotals(client, [{ before: null, after: entry }]);
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
    client.invalidateQueries({ queryKey: keys.usage }),
    client.invalidateQueries({ queryKey: keys.reports }),
  ]);
}
