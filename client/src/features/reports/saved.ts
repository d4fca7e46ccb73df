/** Saved reports: names for what the URL of the page says. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { listed } from '@/api/listed';
import { untold } from '@/api/query-client';
import type { Schemas } from '@/api/types';
import { edit, remove } from '@/api/versions';

export type SavedReport = Schemas['SavedReport'];
type Changes = Schemas['UpdateSavedReport'];

const KEY = ['saved-reports'] as const;

export const savedReportsQuery = queryOptions({
  queryKey: KEY,
  queryFn: ({ signal }) => body(http.GET('/api/saved-reports', { signal })),
  staleTime: 30_000,
  ...untold,
});

function get({ id }: SavedReport) {
  return listed(http.GET('/api/saved-reports'), id);
}

/** Saving, changing and deleting them. */
export function useSavedReports() {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: KEY });
  const update = (change: (list: SavedReport[]) => SavedReport[]) =>
    client.setQueryData<SavedReport[]>(KEY, (list) => list && change(list));
  return {
    save: useMutation({
      mutationFn: (report: Schemas['SaveReport']) => body(http.POST('/api/saved-reports', { body: report })),
      onSuccess: (made) => update((list) => [...list, made]),
      onSettled,
    }).mutateAsync,
    change: useMutation({
      mutationFn: ({ report, changes }: { report: SavedReport; changes: Changes }) =>
        edit(
          report,
          changes,
          () => get(report),
          (rest, header) =>
            http.PATCH('/api/saved-reports/{savedReportId}', {
              params: { path: { savedReportId: report.id }, header },
              body: rest,
            }),
        ),
      onSuccess: (next) => update((list) => list.map((one) => (one.id === next.id ? next : one))),
      onSettled,
    }).mutateAsync,
    remove: useMutation({
      mutationFn: (report: SavedReport) =>
        remove(
          report,
          () => get(report),
          (header) =>
            http.DELETE('/api/saved-reports/{savedReportId}', {
              params: { path: { savedReportId: report.id }, header },
            }),
        ),
      onSuccess: (_nothing, { id }) => update((list) => list.filter((one) => one.id !== id)),
      onSettled,
    }).mutateAsync,
  };
}
