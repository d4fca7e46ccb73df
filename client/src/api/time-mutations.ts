/** What changes time entries. All of it waits in one line, so that two quick actions arrive in their order. */
import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import {
  changeCachedEntries,
  refreshTime,
  replaceCachedEntries,
  restoreEntries,
  type EntrySnapshot,
} from './entries';
import { body, http } from './http';
import { keys } from './keys';
import { serverNow } from './server-clock';
import type { BulkChanges, CreateEntry, Entry, StartTimer, UpdateEntry } from './types';
import { edit } from './versions';
import { toMillis, toTimestamp } from '@/lib/time/zoned';

const inLine = { mutationKey: ['time'], scope: { id: 'time' } };

/** Asks again for what changed, unless another change is on its way: it will ask, and what it shows already must not flicker. */
function settle(client: QueryClient): void {
  if (client.isMutating({ mutationKey: inLine.mutationKey }) <= 1) void refreshTime(client);
}

interface Before {
  active: Entry | null | undefined;
  lists: EntrySnapshot;
}

async function remember(client: QueryClient, change: (entries: Entry[]) => Entry[]): Promise<Before> {
  await client.cancelQueries({ queryKey: keys.active });
  const active = client.getQueryData<Entry | null>(keys.active);
  return { active, lists: await changeCachedEntries(client, change) };
}

function rollBack(client: QueryClient, before: Before | undefined): void {
  if (!before) return;
  client.setQueryData(keys.active, before.active);
  restoreEntries(client, before.lists);
}

/** The id of an entry that is shown before the server has answered. */
const PENDING_ID = 'pending';

export interface StartRequest {
  start: StartTimer;
  projectId: string;
}

function stopped(entry: Entry, at: string): Entry {
  const seconds = Math.max(0, Math.floor((toMillis(at) - toMillis(entry.startedAt)) / 1000));
  return { ...entry, stoppedAt: at, durationSeconds: seconds };
}

function stopRunning(at: string) {
  return (entries: Entry[]) =>
    entries.map((entry) => (entry.stoppedAt === null ? stopped(entry, at) : entry));
}

/** Starts an entry; the one that runs stops at the same instant. */
export function useStartTimer() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: ({ start }: StartRequest) => body(http.POST('/api/time/start', { body: start })),
    onMutate: async ({ start, projectId }) => {
      const now = toTimestamp(serverNow());
      const startedAt = start.startedAt ?? now;
      const before = await remember(client, stopRunning(startedAt));
      const pending: Entry = {
        id: PENDING_ID,
        categoryId: start.categoryId,
        projectId,
        startedAt,
        stoppedAt: null,
        durationSeconds: null,
        description: start.description ?? '',
        tagIds: start.tagIds ?? [],
        billable: start.billable ?? false,
        createdAt: now,
        updatedAt: now,
      };
      client.setQueryData<Entry | null>(keys.active, pending);
      return before;
    },
    onError: (_error, _request, before) => rollBack(client, before),
    onSuccess: (entry) => client.setQueryData<Entry | null>(keys.active, entry),
    onSettled: () => settle(client),
  });
}

export function useStopTimer() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: () => body(http.POST('/api/time/stop')),
    onMutate: async () => {
      const before = await remember(client, stopRunning(toTimestamp(serverNow())));
      client.setQueryData<Entry | null>(keys.active, null);
      return before;
    },
    onError: (_error, _nothing, before) => rollBack(client, before),
    onSuccess: (entry) => replaceCachedEntries(client, [entry]),
    onSettled: () => settle(client),
  });
}

/** Starts a new entry like an earlier one. */
export function useResumeEntry() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: (entry: Entry) =>
      body(http.POST('/api/time/entries/{entryId}/resume', { params: { path: { entryId: entry.id } } })),
    onMutate: async (entry) => {
      const now = toTimestamp(serverNow());
      const before = await remember(client, stopRunning(now));
      const pending: Entry = {
        ...entry,
        id: PENDING_ID,
        startedAt: now,
        stoppedAt: null,
        durationSeconds: null,
      };
      client.setQueryData<Entry | null>(keys.active, pending);
      return before;
    },
    onError: (_error, _entry, before) => rollBack(client, before),
    onSuccess: (entry) => client.setQueryData<Entry | null>(keys.active, entry),
    onSettled: () => settle(client),
  });
}

export interface EditRequest {
  /** The entry as the user saw it. */
  entry: Entry;
  changes: UpdateEntry;
  /** The project of a new category, to show it before the server has answered. */
  projectId?: string;
}

function changed(entry: Entry, { changes, projectId }: EditRequest): Entry {
  const next = {
    ...entry,
    ...changes,
    description: changes.description === undefined ? entry.description : (changes.description ?? ''),
    projectId: projectId ?? entry.projectId,
  };
  return next.stoppedAt === null ? { ...next, durationSeconds: null } : stopped(next, next.stoppedAt);
}

export function useEditEntry() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: ({ entry, changes }: EditRequest) => {
      // An entry that was shown before the server answered has its id by now: this waited behind its start.
      const seen =
        entry.id === PENDING_ID ? (client.getQueryData<Entry | null>(keys.active) ?? entry) : entry;
      const params = { path: { entryId: seen.id } };
      return edit(
        seen,
        () => http.GET('/api/time/entries/{entryId}', { params }),
        (ifMatch) =>
          http.PATCH('/api/time/entries/{entryId}', {
            params: { ...params, header: ifMatch },
            body: changes,
          }),
      );
    },
    onMutate: async (request) => {
      const { id } = request.entry;
      const before = await remember(client, (entries) =>
        entries.map((entry) => (entry.id === id ? changed(entry, request) : entry)),
      );
      const { active } = before;
      if (active?.id === id) {
        const next = changed(active, request);
        client.setQueryData<Entry | null>(keys.active, next.stoppedAt === null ? next : null);
      }
      return before;
    },
    onError: (_error, _request, before) => rollBack(client, before),
    onSuccess: async (entry) => {
      await replaceCachedEntries(client, [entry]);
      const active = client.getQueryData<Entry | null>(keys.active);
      if (active?.id === entry.id) client.setQueryData(keys.active, entry.stoppedAt === null ? entry : null);
    },
    onSettled: () => settle(client),
  });
}

export function useCreateEntry() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: (entry: CreateEntry) => body(http.POST('/api/time/entries', { body: entry })),
    onSettled: () => settle(client),
  });
}

export function useDuplicateEntry() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: (entryId: string) =>
      body(http.POST('/api/time/entries/{entryId}/duplicate', { params: { path: { entryId } } })),
    onSettled: () => settle(client),
  });
}

export function useSplitEntry() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: ({ entryId, at }: { entryId: string; at: string }) =>
      body(http.POST('/api/time/entries/{entryId}/split', { params: { path: { entryId } }, body: { at } })),
    onSettled: () => settle(client),
  });
}

export function useDeleteEntries() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: async (ids: readonly string[]) => {
      const [only] = ids;
      if (ids.length === 1 && only !== undefined) {
        await body(http.DELETE('/api/time/entries/{entryId}', { params: { path: { entryId: only } } }));
      } else {
        await body(http.POST('/api/time/entries/bulk-delete', { body: { ids: [...ids] } }));
      }
    },
    onMutate: async (ids) => {
      const gone = new Set(ids);
      const before = await remember(client, (entries) => entries.filter((entry) => !gone.has(entry.id)));
      if (before.active && gone.has(before.active.id)) client.setQueryData<Entry | null>(keys.active, null);
      return before;
    },
    onError: (_error, _ids, before) => rollBack(client, before),
    onSettled: () => settle(client),
  });
}

export function useRestoreEntries() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: async (ids: readonly string[]): Promise<Entry[]> => {
      const [only] = ids;
      if (ids.length === 1 && only !== undefined) {
        const params = { path: { entryId: only } };
        return [await body(http.POST('/api/time/entries/{entryId}/restore', { params }))];
      }
      return body(http.POST('/api/time/entries/bulk-restore', { body: { ids: [...ids] } }));
    },
    onSettled: () => settle(client),
  });
}

export function useBulkEditEntries() {
  const client = useQueryClient();
  return useMutation({
    ...inLine,
    mutationFn: ({ ids, changes }: { ids: readonly string[]; changes: BulkChanges }) =>
      body(http.POST('/api/time/entries/bulk-edit', { body: { ids: [...ids], changes } })),
    onSuccess: (entries) => replaceCachedEntries(client, entries),
    onSettled: () => settle(client),
  });
}
