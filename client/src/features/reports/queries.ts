/** Reports as the server answers them. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answered, body, http } from '@/api/http';
import { keys } from '@/api/keys';
import { isLive } from '@/api/live/state';
import { untold } from '@/api/query-client';
import type { Schemas } from '@/api/types';
import type { Groups, Question } from './question';

export type Summary = Schemas['SummaryReport'];
export type Group = Schemas['ReportGroup'];
export type Totals = Schemas['ReportTotals'];
export type ReportEntry = Schemas['ReportEntry'];
export type ReportAmount = Schemas['ReportAmount'];

/** Live updates tell of the person's own entries; those of others, and what runs, are asked for again. */
const OWN_MS = 60_000;
const RUNNING_MS = 30_000;
const PAGE_SIZE = 100;

export function summaryQuery(question: Question, groups: Groups) {
  return queryOptions({
    queryKey: keys.reportSummary(question, groups),
    queryFn: ({ signal }) =>
      body(http.GET('/api/reports/summary', { params: { query: { ...question, ...groups } }, signal })),
    staleTime: () => (isLive() ? OWN_MS : 5_000),
    ...untold,
    refetchInterval: ({ state }) => ((state.data?.total.running ?? 0) > 0 ? RUNNING_MS : false),
    placeholderData: keepPreviousData,
  });
}

interface ReportPage {
  entries: ReportEntry[];
  nextCursor: string | null;
}

/** The entries themselves, newest first, a page at a time. */
export function detailedQuery(asked: Question, amounts: boolean) {
  const question = { ...asked, ...(amounts ? { amounts } : {}) };
  return infiniteQueryOptions({
    queryKey: keys.reportEntries(question),
    queryFn: async ({ signal, pageParam }): Promise<ReportPage> => {
      const { data, response } = await answered(
        http.GET('/api/reports/detailed', {
          params: { query: { ...question, limit: PAGE_SIZE, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      );
      return { entries: data, nextCursor: response.headers.get('X-Next-Cursor') };
    },
    initialPageParam: '',
    getNextPageParam: (page: ReportPage) => page.nextCursor ?? undefined,
    ...untold,
    placeholderData: keepPreviousData,
  });
}
