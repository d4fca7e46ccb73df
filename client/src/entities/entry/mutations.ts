/** What changes time entries, and what is shown of it before the server has answered. */
import {
  useMutation,
  useQueryClient,
  type QueryClient,
  type UseMutationOptions,
} from '@tanstack/react-query';
import { useCallback } from 'react';
import {
  addToCachedLists,
  changeCachedEntries,
  refreshTime,
  refreshUnclearTotals,
  replaceCachedEntries,
  restoreEntries,
  takeEntries,
  type EntrySnapshot,
} from './queries';
import { keys } from '@/api/keys';
import {
  asked,
  timeKey,
  timeRequests,
  timeScope,
  type Asked,
  type EditRequest,
  type TimeRequest,
  type TimeRequests,
} from './requests';
import type { Entry } from '@/api/types';
import { isOwn } from './filters';
import { toMillis } from '@/lib/time/zoned';

type What<Name extends TimeRequest> = Parameters<TimeRequests[Name]>[0];
type Made<Name extends TimeRequest> = Awaited<ReturnType<TimeRequests[Name]>>;
type Options<Name extends TimeRequest, Context> = Pick<
  UseMutationOptions<Made<Name>, Error, Asked<What<Name>>, Context>,
  'onMutate' | 'onError' | 'onSuccess'
>;

/** A change of time, sent in its turn. */
function useTimeMutation<Name extends TimeRequest, Context = unknown>(
  name: Name,
  options: Options<Name, Context> = {},
) {
  const client = useQueryClient();
  const request = timeRequests[name] as (what: What<Name>, key: string) => Promise<Made<Name>>;
  const { mutateAsync, ...state } = useMutation<Made<Name>, Error, Asked<What<Name>>, Context>({
    mutationKey: timeKey(name),
    scope: timeScope,
    networkMode: 'online',
    mutationFn: ({ what, key }) => request(what, key),
    ...options,
    onSettled: (made, error, { what }) => settle(client, name, what, made, error),
  });
  return {
    isPending: state.isPending,
    error: state.error,
    /** Always the same function, and each call has an answer of its own. */
    send: useCallback((what: What<Name>) => mutateAsync(asked(what)), [mutateAsync]),
  };
}

/** Changes whose answer, or the change itself, says everything that is different now. */
const COMPLETE: ReadonlySet<TimeRequest> = new Set([
  'start',
  'resume',
  'stop',
  'edit',
  'create',
  'duplicate',
  'remove',
]);

function movesTimes({ changes }: EditRequest): boolean {
  return changes.startedAt !== undefined || changes.stoppedAt !== undefined;
}

/**
 * Takes the answer into every list. Only when a change was refused, or its answer does not say everything, is all of it asked for
 * again, and not while another one is on its way: that will ask, and what is shown already must not flicker.
 */
async function settle(
  client: QueryClient,
  name: TimeRequest,
  what: unknown,
  made: unknown,
  error: unknown,
): Promise<void> {
  if (error === null && COMPLETE.has(name)) {
    // Times that were typed are shown before the answer; which entries share time, only the server has said.
    if (name !== 'edit' || movesTimes(what as EditRequest))
      void client.invalidateQueries({ queryKey: keys.allOverlaps });
    if (made) await takeEntries(client, [made as Entry]);
    else refreshUnclearTotals(client);
    return;
  }
  if (client.isMutating({ mutationKey: ['time'] }) <= 1) void refreshTime(client);
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

function stopped(entry: Entry, at: string): Entry {
  const seconds = Math.max(0, Math.floor((toMillis(at) - toMillis(entry.startedAt)) / 1000));
  return { ...entry, stoppedAt: at, durationSeconds: seconds };
}

function stopRunning(at: string) {
  return (entries: Entry[]) =>
    entries.map((entry) => (entry.stoppedAt === null && isOwn(entry) ? stopped(entry, at) : entry));
}

/** Shows an entry that begins; the one that runs stops at the same instant. */
async function showStarted(client: QueryClient, shown: Entry): Promise<Before> {
  const before = await remember(client, stopRunning(shown.startedAt));
  client.setQueryData<Entry | null>(keys.active, shown);
  addToCachedLists(client, shown);
  return before;
}

/** Puts what the server made in the place of what was shown; what was done to that meanwhile is on its way. */
async function replaceShown(client: QueryClient, shown: Entry, entry: Entry): Promise<void> {
  const replace = (current: Entry): Entry =>
    current.id === shown.id
      ? {
          ...current,
          id: entry.id,
          startedAt: current.startedAt === shown.startedAt ? entry.startedAt : current.startedAt,
          createdAt: entry.createdAt,
          updatedAt: entry.updatedAt,
        }
      : current;
  await changeCachedEntries(client, (entries) => entries.map(replace));
  client.setQueryData<Entry | null>(keys.active, (active) => active && replace(active));
}

/** Starts an entry; the one that runs stops at the same instant. */
export function useStartTimer() {
  const client = useQueryClient();
  return useTimeMutation('start', {
    onMutate: ({ what: { shown } }) => showStarted(client, shown),
    onError: (_error, _asked, before) => rollBack(client, before),
    onSuccess: (entry, { what: { shown } }) => replaceShown(client, shown, entry),
  });
}

/** Starts a new entry like an earlier one. */
export function useResumeEntry() {
  const client = useQueryClient();
  return useTimeMutation('resume', {
    onMutate: ({ what: { shown } }) => showStarted(client, shown),
    onError: (_error, _asked, before) => rollBack(client, before),
    onSuccess: (entry, { what: { shown } }) => replaceShown(client, shown, entry),
  });
}

export function useStopTimer() {
  const client = useQueryClient();
  return useTimeMutation('stop', {
    onMutate: async ({ what: { at } }) => {
      const before = await remember(client, stopRunning(at));
      client.setQueryData<Entry | null>(keys.active, null);
      return before;
    },
    onError: (_error, _asked, before) => rollBack(client, before),
    onSuccess: (entry) => replaceCachedEntries(client, [entry]),
  });
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
  return useTimeMutation('edit', {
    onMutate: async ({ what: request }) => {
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
    onError: (_error, _asked, before) => rollBack(client, before),
    onSuccess: async (entry) => {
      await replaceCachedEntries(client, [entry]);
      const active = client.getQueryData<Entry | null>(keys.active);
      if (active?.id === entry.id) client.setQueryData(keys.active, entry.stoppedAt === null ? entry : null);
    },
  });
}

export function useCreateEntry() {
  const client = useQueryClient();
  return useTimeMutation('create', {
    onMutate: ({ what: { shown }, offline }) => {
      // The server may refuse it, which is said at once where it is typed: only what waits is shown before.
      if (offline) addToCachedLists(client, shown);
    },
    onSuccess: async (entry, { what: { shown }, offline }) => {
      if (offline) await replaceShown(client, shown, entry);
    },
  });
}

export function useDuplicateEntry() {
  return useTimeMutation('duplicate');
}

export function useSplitEntry() {
  return useTimeMutation('split');
}

export function useDeleteEntries() {
  const client = useQueryClient();
  return useTimeMutation('remove', {
    onMutate: async ({ what: entries }) => {
      const gone = new Set(entries.map(({ id }) => id));
      const before = await remember(client, (list) => list.filter((entry) => !gone.has(entry.id)));
      if (before.active && gone.has(before.active.id)) client.setQueryData<Entry | null>(keys.active, null);
      return before;
    },
    onError: (_error, _asked, before) => rollBack(client, before),
  });
}

export function useRestoreEntries() {
  return useTimeMutation('restore');
}

export function useBulkEditEntries() {
  const client = useQueryClient();
  return useTimeMutation('bulkEdit', { onSuccess: (entries) => replaceCachedEntries(client, entries) });
}
