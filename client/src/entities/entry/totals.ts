/** How many entries pass a filter, and how much time they have: as the server sums it, and kept up to date by what changes. */
import { queryOptions, useQuery, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Entry, Schemas } from '@/api/types';
import { secondsBetween } from '@/lib/time/timeline';
import { toMillis } from '@/lib/time/zoned';
import { filterParameters, following, isListed, isTold, type EntryFilters } from './filters';

export type Totals = Schemas['TimeTotals'];
export type DayTotals = Schemas['DayTotals'];
type Sums = Pick<Totals, 'entries' | 'running' | 'durationSeconds' | 'billableSeconds'>;

/** Most days of which the server gives totals at once. */
export const MAX_TOTAL_DAYS = 400;

/** Totals of what passes the filters; with a time zone also of each day of their range. */
export function entryTotalsQuery(filters: EntryFilters, timeZone: string | null = null) {
  return queryOptions({
    queryKey: keys.entryTotals(filters, timeZone),
    queryFn: ({ signal }) =>
      body(
        http.GET('/api/time/totals', {
          params: {
            query: {
              ...filterParameters(filters),
              ...(timeZone === null ? {} : { days: true, timeZone }),
            },
          },
          signal,
        }),
      ),
    ...following(filters),
  });
}

/** The same, of which the days go on being shown while those of a longer range are on their way. */
export function useDayTotals(filters: EntryFilters, timeZone: string, enabled: boolean) {
  const besidesStart = (asked: object, zone: string | null) =>
    JSON.stringify([{ ...asked, overlapFrom: undefined }, zone]);
  const same = besidesStart(filters, timeZone);
  return useQuery({
    ...entryTotalsQuery(filters, timeZone),
    enabled,
    placeholderData: (before, query) => {
      if (!query) return undefined;
      const [, , asked, zone] = query.queryKey;
      return besidesStart(asked, zone) === same ? before : undefined;
    },
  });
}

/** The seconds of totals now: the timer, where it is one of their entries, has gone on since they were asked for. */
export function secondsNow(
  totals: Pick<Sums, 'durationSeconds' | 'running'>,
  range: { from: string | null; to: string | null },
  asOf: string,
  timer: Entry | null | undefined,
  now: number,
): number {
  if (totals.running === 0 || !timer) return totals.durationSeconds;
  const since = (until: number) => secondsIn(timer, range, until);
  return totals.durationSeconds + since(now) - since(toMillis(asOf));
}

function secondsIn(entry: Entry, range: { from: string | null; to: string | null }, now: number): number {
  const from = range.from === null ? -Infinity : toMillis(range.from);
  const to = range.to === null ? Infinity : toMillis(range.to);
  return secondsBetween(entry, from, to, now);
}

export function isTotalsKey(key: QueryKey): boolean {
  return key[0] === keys.entries[0] && key[1] === 'totals';
}

/** An entry before and after a change: null when there was or is none, undefined when it is not known. */
export interface EntryChange {
  before: Entry | null | undefined;
  after: Entry | null;
}

function withEntry<T extends Sums & { from: string | null; to: string | null }>(
  sums: T,
  entry: Entry,
  sign: 1 | -1,
  asOf: number,
): T {
  const seconds = secondsIn(entry, sums, asOf);
  return {
    ...sums,
    entries: sums.entries + sign,
    running: sums.running + (entry.stoppedAt === null ? sign : 0),
    durationSeconds: sums.durationSeconds + sign * seconds,
    billableSeconds: sums.billableSeconds + (entry.billable ? sign * seconds : 0),
  };
}

function put(totals: Totals, entry: Entry | null, sign: 1 | -1, filters: EntryFilters): Totals {
  if (!entry || isListed(entry, filters) !== true) return totals;
  const asOf = toMillis(totals.asOf);
  const sum = withEntry(totals, entry, sign, asOf);
  const { days } = sum;
  const of = filters.member === undefined ? {} : { member: filters.member };
  if (!days) return sum;
  return {
    ...sum,
    days: days.map((day) =>
      isListed(entry, { ...of, overlapFrom: day.from, overlapTo: day.to })
        ? withEntry(day, entry, sign, asOf)
        : day,
    ),
  };
}

/** Takes changes of entries into all totals; the answer is those that only the server can tell now. */
export function noteInTotals(client: QueryClient, changes: readonly EntryChange[]): QueryKey[] {
  const unclear: QueryKey[] = [];
  for (const [key, totals] of client.getQueriesData<Totals>({ queryKey: [...keys.entries, 'totals'] })) {
    if (!totals) continue;
    const filters = key[2] as EntryFilters;
    let next: Totals = totals;
    for (const { before, after } of changes) {
      const isUnclear = [before, after].some(
        (entry) => entry === undefined || (entry !== null && isListed(entry, filters) === null),
      );
      if (isUnclear) {
        unclear.push(key);
        next = totals;
        break;
      }
      next = put(put(next, before ?? null, -1, filters), after, 1, filters);
    }
    if (next !== totals) client.setQueryData(key, next);
  }
  return unclear;
}

/** Totals of filters of which only the server can tell what passes them. */
export function unclearTotals(client: QueryClient): QueryKey[] {
  return client
    .getQueriesData({ queryKey: [...keys.entries, 'totals'] })
    .flatMap(([key]) => (isTold(key[2] as EntryFilters) ? [] : [key]));
}
