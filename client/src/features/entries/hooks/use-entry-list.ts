import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { activeQuery, entryListQuery, withoutRepeats } from '@/entities/entry/queries';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { isListed } from '@/entities/entry/filters';
import { MAX_TOTAL_DAYS, useDayTotals } from '@/entities/entry/totals';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { serverNow } from '@/api/server-clock';
import type { Entry, Overlap } from '@/api/types';
import { useToday } from '@/entities/me/use-today';
import { temporal } from '@/lib/time/temporal';
import { groupByDay, type Week } from '@/lib/time/timeline';
import { dayOf, endOfDay, startOfDay, toMillis, toTimestamp } from '@/lib/time/zoned';
import { countFilters, dayRange, toFilters, type EntriesSearch } from '../search';
import type { ServerTotals } from '../shown';

/** The pages of entries that are loaded, by week and day. */
export function useEntryList(search: EntriesSearch) {
  const timeZone = useTimeZone();
  const today = useToday();
  const filters = toFilters(search, timeZone);
  const query = useInfiniteQuery(entryListQuery(filters));
  const { data } = query;
  const { from, to } = search;
  /** Of other filters only the server knows what they let through. */
  const onlyDays = countFilters(search) === 1 && search.member === undefined;
  const { data: timer } = useQuery(activeQuery);
  const me = useQuery(meQuery);
  const entries = useMemo(
    // An entry that moved between two pages while they were loaded is shown once.
    () => withoutRepeats(...(data?.pages ?? []).map((page) => page.entries)),
    [data],
  );
  const weeks = useMemo<Week<Entry>[]>(
    // A running entry reaches into a new day at midnight: then `today` changes.
    () => {
      if (!today) return [];
      const isReaching = onlyDays && timer && isListed(timer, toFilters({ from, to }, timeZone));
      const spans = isReaching ? withoutRepeats(entries, [timer]) : entries;
      return groupByDay(spans, timeZone, serverNow(), dayRange({ from, to }));
    },
    [entries, timer, onlyDays, timeZone, today, from, to],
  );
  return {
    query,
    filters,
    /** Nothing can be said yet: days begin where the user's time zone says, so that has to be known as well. */
    isPending: query.isPending || (me.isPending && !query.isError),
    /** What is missing of it could not be loaded. */
    error: query.isLoadingError ? query.error : null,
    weeks,
    totals: useTotalsOfDays(search, weeks, query.hasNextPage),
    timeZone,
    today,
  };
}

/**
 * Totals of the days that are shown, by the server: while there are older entries that are not loaded, one of them may reach into a day
 * that is shown. Once all are loaded, the page has what it takes.
 */
function useTotalsOfDays(
  search: EntriesSearch,
  weeks: readonly Week<Entry>[],
  hasMore: boolean,
): ServerTotals | undefined {
  const timeZone = useTimeZone();
  const today = useToday();
  const { data: timer } = useQuery(activeQuery);
  const filters = toFilters(search, timeZone);
  /** The user's timer is one of the entries of another member never. */
  const isTimerIn = !timer || isListed(timer, filters) !== false;
  const newest = weeks[0]?.days[0]?.date ?? today;
  const oldest = weeks.at(-1)?.days.at(-1)?.date ?? today;
  const last = temporal.PlainDate.compare(newest, today) > 0 ? newest : today;
  const earliest = last.subtract({ days: MAX_TOTAL_DAYS - 1 });
  const first = temporal.PlainDate.compare(oldest, earliest) > 0 ? oldest : earliest;
  const end = endOfDay(last, timeZone);
  const { data } = useDayTotals(
    {
      ...filters,
      overlapFrom: toTimestamp(startOfDay(first, timeZone)),
      overlapTo:
        filters.overlapTo && toMillis(filters.overlapTo) < end ? filters.overlapTo : toTimestamp(end),
    },
    timeZone,
    hasMore && weeks.length > 0,
  );
  return useMemo(() => {
    if (!hasMore || !data?.days) return undefined;
    const byDate = new Map(data.days.map((day) => [day.date, day]));
    return { asOf: data.asOf, byDate, timer: isTimerIn ? timer : null };
  }, [hasMore, data, timer, isTimerIn]);
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
