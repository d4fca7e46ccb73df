import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { activeQuery, entriesReachingQuery, entryListQuery, withoutRepeats } from '@/entities/entry/queries';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { serverNow } from '@/api/server-clock';
import type { Entry, Overlap } from '@/api/types';
import { useToday } from '@/entities/me/use-today';
import { groupByDay, startBounds, withRunning, type Week } from '@/lib/time/timeline';
import { dayOf, endOfDay, startOfDay, toTimestamp } from '@/lib/time/zoned';
import { countFilters, dayRange, toFilters, type EntriesSearch } from '../search';

/** The pages of entries that are loaded, by week and day. */
export function useEntryList(search: EntriesSearch) {
  const timeZone = useTimeZone();
  const today = useToday();
  const filters = toFilters(search, timeZone);
  const query = useInfiniteQuery(entryListQuery(filters));
  const reaching = useQuery({
    ...entriesReachingQuery(filters, filters.from ?? ''),
    enabled: filters.from !== undefined,
  });
  const { data } = query;
  const { from, to } = search;
  /** Of other filters only the server knows what they let through. */
  const onlyDays = countFilters(search) === 1;
  const { data: timer } = useQuery(activeQuery);
  const me = useQuery(meQuery);
  const entries = useMemo(
    // An entry that moved between two pages while they were loaded is shown once.
    () => withoutRepeats(...(data?.pages ?? []).map((page) => page.entries), reaching.data ?? []),
    [data, reaching.data],
  );
  const weeks = useMemo<Week<Entry>[]>(
    // A running entry reaches into a new day at midnight: then `today` changes.
    () => {
      if (!today) return [];
      const range = dayRange({ from, to });
      const spans = onlyDays
        ? withoutRepeats(withRunning(entries, timer, startBounds(range, timeZone).from))
        : entries;
      return groupByDay(spans, timeZone, serverNow(), range);
    },
    [entries, timer, onlyDays, timeZone, today, from, to],
  );
  return {
    query,
    /** Nothing can be said yet: days begin where the user's time zone says, so that has to be known as well. */
    isPending: query.isPending || reaching.isLoading || (me.isPending && !query.isError),
    /** What is missing of it could not be loaded; a part would look like all. */
    error: (query.isLoadingError ? query.error : null) ?? (reaching.isLoadingError ? reaching.error : null),
    weeks,
    timeZone,
    today,
  };
}

/** For each entry that shares time with others: those others. */
export function useOverlaps(weeks: readonly Week<Entry>[]): ReadonlyMap<string, Overlap[]> {
  const timeZone = useTimeZone();
  const newest = weeks[0]?.days[0]?.date;
  const oldest = weeks.at(-1)?.days.at(-1)?.date;
  const from = oldest ? toTimestamp(startOfDay(oldest, timeZone)) : '';
  const to = newest
    ? toTimestamp(Math.max(endOfDay(newest, timeZone), endOfDay(dayOf(serverNow(), timeZone), timeZone)))
    : '';
  const { data } = useQuery({
    queryKey: keys.overlaps(from, to),
    queryFn: ({ signal }) =>
      body(http.GET('/api/time/overlaps', { params: { query: { from, to } }, signal })),
    enabled: from !== '' && to !== '',
  });
  return useMemo(() => {
    const byEntry = new Map<string, Overlap[]>();
    for (const overlap of data ?? []) {
      for (const id of [overlap.firstId, overlap.secondId])
        byEntry.set(id, [...(byEntry.get(id) ?? []), overlap]);
    }
    return byEntry;
  }, [data]);
}
