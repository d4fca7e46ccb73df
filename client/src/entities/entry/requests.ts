/**
 * What is sent for each change of time entries, from variables that can be kept: a change that waits for the connection may be
 * sent by another page than the one that made it.
 */
import { onlineManager, type QueryClient } from '@tanstack/react-query';
import { toMillis, toTimestamp } from '@/lib/time/zoned';
import { refreshTime } from './queries';
import { isApiError } from '@/api/errors';
import { answered, body, http } from '@/api/http';
import { knownEntry, newPendingId, noteMade } from './pending';
import { newKey } from '@/api/resilient-fetch';
import { serverNow } from '@/api/server-clock';
import type { BulkChanges, CreateEntry, Entry, StartTimer, UpdateEntry } from '@/api/types';
import { edit, noteSeen, remove } from '@/api/versions';

/** The entry of an answer; news of this version of it is no news. */
async function entryOf(answer: Parameters<typeof answered<Entry>>[0]): Promise<Entry> {
  const { data, response } = await answered(answer);
  noteSeen(data, response);
  return data;
}

/** The header by which the server knows a request that comes again. */
function once(key: string) {
  return { header: { 'Idempotency-Key': key } };
}

function shownEntry(
  more: Omit<Entry, 'id' | 'userId' | 'createdAt' | 'updatedAt' | 'durationSeconds' | 'revision'>,
): Entry {
  const now = toTimestamp(serverNow());
  const { startedAt, stoppedAt } = more;
  return {
    ...more,
    id: newPendingId(),
    // The caller's. Nothing asks for it before the server has answered.
    userId: '',
    durationSeconds: stoppedAt === null ? null : (toMillis(stoppedAt) - toMillis(startedAt)) / 1000,
    createdAt: now,
    updatedAt: now,
    revision: 0,
  };
}

export interface StartRequest {
  start: StartTimer;
  /** The running entry, until the server has answered. */
  shown: Entry;
}

/** What is asked for without a connection happens when it was asked for, not when that arrives. */
export function startRequest(start: StartTimer, projectId: string): StartRequest {
  const now = toTimestamp(serverNow());
  return {
    start: onlineManager.isOnline() ? start : { ...start, startedAt: start.startedAt ?? now },
    shown: shownEntry({
      categoryId: start.categoryId,
      projectId,
      startedAt: start.startedAt ?? now,
      stoppedAt: null,
      description: start.description ?? '',
      tagIds: start.tagIds ?? [],
      billable: start.billable ?? false,
    }),
  };
}

async function start({ start: wanted, shown }: StartRequest, key: string): Promise<Entry> {
  const entry = await entryOf(http.POST('/api/time/start', { params: once(key), body: wanted }));
  noteMade(shown.id, entry);
  return entry;
}

export interface ResumeRequest {
  like: Entry;
  shown: Entry;
  /** It begins when what is shown does, not when this arrives. */
  exactly: boolean;
}

export function resumeRequest(like: Entry): ResumeRequest {
  const { categoryId, projectId, description, tagIds, billable } = like;
  const startedAt = toTimestamp(serverNow());
  return {
    like,
    shown: shownEntry({ categoryId, projectId, description, tagIds, billable, startedAt, stoppedAt: null }),
    exactly: !onlineManager.isOnline(),
  };
}

async function resume({ like, shown, exactly }: ResumeRequest, key: string): Promise<Entry> {
  if (exactly) {
    const { categoryId, description, tagIds, billable, startedAt } = shown;
    return start({ start: { categoryId, description, tagIds, billable, startedAt }, shown }, key);
  }
  const params = { path: { entryId: knownEntry(like).id }, ...once(key) };
  const entry = await entryOf(http.POST('/api/time/entries/{entryId}/resume', { params }));
  noteMade(shown.id, entry);
  return entry;
}

export interface StopRequest {
  running: Entry;
  at: string;
  /** It ends at `at`, not when this arrives. */
  exactly: boolean;
}

export function stopRequest(running: Entry): StopRequest {
  return { running, at: toTimestamp(serverNow()), exactly: !onlineManager.isOnline() };
}

function stop({ running, at, exactly }: StopRequest, key: string): Promise<Entry> {
  if (!exactly) return entryOf(http.POST('/api/time/stop', { params: once(key) }));
  const entry = knownEntry(running);
  const stoppedAt = toMillis(at) < toMillis(entry.startedAt) ? entry.startedAt : at;
  return change({ entry, changes: { stoppedAt } });
}

export interface EditRequest {
  /** The entry as the user saw it. */
  entry: Entry;
  changes: UpdateEntry;
  /** The project of a new category, to show it before the server has answered. */
  projectId?: string;
}

async function change({ entry, changes }: EditRequest): Promise<Entry> {
  const seen = knownEntry(entry);
  const params = { path: { entryId: seen.id } };
  return edit(
    seen,
    changes,
    () => http.GET('/api/time/entries/{entryId}', { params }),
    (body, ifMatch) =>
      http.PATCH('/api/time/entries/{entryId}', { params: { ...params, header: ifMatch }, body }),
  );
}

export interface CreateRequest {
  entry: CreateEntry;
  shown: Entry;
}

export function createRequest(entry: CreateEntry, projectId: string): CreateRequest {
  const { categoryId, startedAt, stoppedAt, description, tagIds, billable } = entry;
  return {
    entry,
    shown: shownEntry({
      categoryId,
      projectId,
      startedAt,
      stoppedAt,
      description: description ?? '',
      tagIds: tagIds ?? [],
      billable: billable ?? false,
    }),
  };
}

async function create({ entry, shown }: CreateRequest, key: string): Promise<Entry> {
  const made = await entryOf(http.POST('/api/time/entries', { params: once(key), body: entry }));
  noteMade(shown.id, made);
  return made;
}

function duplicate(entry: Entry, key: string): Promise<Entry> {
  const params = { path: { entryId: knownEntry(entry).id }, ...once(key) };
  return entryOf(http.POST('/api/time/entries/{entryId}/duplicate', { params }));
}

function split({ entry, at }: { entry: Entry; at: string }, key: string) {
  const params = { path: { entryId: knownEntry(entry).id }, ...once(key) };
  return body(http.POST('/api/time/entries/{entryId}/split', { params, body: { at } }));
}

function idsOf(entries: readonly Entry[]): string[] {
  return entries.map((entry) => knownEntry(entry).id);
}

async function removeEntries(entries: readonly Entry[], key: string): Promise<void> {
  const [only] = entries;
  if (entries.length !== 1 || only === undefined) {
    const ids = idsOf(entries);
    await body(http.POST('/api/time/entries/bulk-delete', { params: once(key), body: { ids } }));
    return;
  }
  const seen = knownEntry(only);
  const params = { path: { entryId: seen.id } };
  try {
    await remove(
      seen,
      () => http.GET('/api/time/entries/{entryId}', { params }),
      (ifMatch) => http.DELETE('/api/time/entries/{entryId}', { params: { ...params, header: ifMatch } }),
    );
  } catch (error) {
    // Gone is what was asked for.
    if (!(isApiError(error) && error.status === 404)) throw error;
  }
}

async function restore(entries: readonly Entry[], key: string): Promise<Entry[]> {
  const ids = idsOf(entries);
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) {
    const params = { path: { entryId: only }, ...once(key) };
    return [await body(http.POST('/api/time/entries/{entryId}/restore', { params }))];
  }
  return body(http.POST('/api/time/entries/bulk-restore', { params: once(key), body: { ids } }));
}

interface BulkEditRequest {
  entries: readonly Entry[];
  changes: BulkChanges;
}

function bulkEdit({ entries, changes }: BulkEditRequest, key: string): Promise<Entry[]> {
  return body(
    http.POST('/api/time/entries/bulk-edit', { params: once(key), body: { ids: idsOf(entries), changes } }),
  );
}

export const timeRequests = {
  start,
  resume,
  stop,
  edit: change,
  create,
  duplicate,
  split,
  remove: removeEntries,
  restore,
  bulkEdit,
};

export type TimeRequests = typeof timeRequests;
export type TimeRequest = keyof TimeRequests;

/** A change as it is sent, and sent again: with the same key it happens once. */
export interface Asked<What> {
  what: What;
  key: string;
  /** There was no connection: it may wait for long, and its page may be closed before. */
  offline: boolean;
}

export function asked<What>(what: What): Asked<What> {
  return { what, key: newKey(), offline: !onlineManager.isOnline() };
}

/** All changes of time wait in one line, so that two quick actions arrive in their order. */
export const timeScope = { id: 'time' };

export function timeKey(name: TimeRequest): readonly ['time', string] {
  return ['time', name];
}

/** Tells the client how to send changes that an earlier page has kept. */
export function learnTimeRequests(client: QueryClient): void {
  for (const name of Object.keys(timeRequests) as TimeRequest[]) {
    const send = timeRequests[name] as (what: unknown, key: string) => Promise<unknown>;
    client.setMutationDefaults(timeKey(name), {
      networkMode: 'online',
      mutationFn: ({ what, key }: Asked<unknown>) => send(what, key),
      onSettled: () => refreshTime(client),
    });
  }
}
