/** Changes of entries that other tabs, devices and people have made: each costs as little as can be. */
import type { QueryClient } from '@tanstack/react-query';
import { isApiError } from '@/api/errors';
import { answered, http } from '@/api/http';
import type { TakeEntries } from '@/api/live/apply';
import type { Change, Entry } from '@/api/types';
import { hasSeen, noteSeen } from '@/api/versions';
import { fetchEntry } from './fetch-entry';
import { takeEntries } from './queries';

/** More than that are asked for as a list. */
const MAX_SINGLE = 3;
/** Several that changed together are most likely the newest: a start stops another. */
const NEWEST = 20;

async function one(id: string): Promise<Entry | null> {
  try {
    return await fetchEntry(id);
  } catch (error) {
    // Deleted since.
    if (isApiError(error) && error.status === 404) return null;
    throw error;
  }
}

async function several(ids: readonly string[]): Promise<Entry[] | null> {
  const { data } = await answered(http.GET('/api/time/entries', { params: { query: { limit: NEWEST } } }));
  const found = data.filter(({ id }) => ids.includes(id));
  found.forEach((entry) => noteSeen(entry));
  return found.length === ids.length ? found : null;
}

/** By id: what is shown already, because this page itself has changed it, is not asked for. */
export function takeEntryChanges(client: QueryClient): TakeEntries {
  return (changes) => {
    const last = new Map<string, Change>();
    for (const change of changes) {
      if (change.id === null) return null;
      last.set(change.id, change);
    }
    const gone: string[] = [];
    const ids: string[] = [];
    for (const [id, { change, revision }] of last) {
      if (change === 'deleted') gone.push(id);
      else if (!hasSeen(id, revision)) ids.push(id);
    }
    if (ids.length > MAX_SINGLE) return null;
    return take(client, ids, gone);
  };
}

async function take(client: QueryClient, ids: readonly string[], gone: string[]): Promise<boolean> {
  const [only] = ids;
  if (only !== undefined && ids.length === 1) {
    const entry = await one(only);
    await takeEntries(client, entry ? [entry] : [], entry ? gone : [...gone, only]);
    return true;
  }
  const entries = ids.length === 0 ? [] : await several(ids);
  if (entries === null) return false;
  await takeEntries(client, entries, gone);
  return true;
}
