/** From what has changed to what is asked for again. */
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { keys } from '../keys';
import type { Change } from '../types';
import type { LiveMessage } from './stream';

/** Changes that come together are asked for together. */
const GATHER_MS = 50;

function keysOf({ kind, timer }: Change): readonly QueryKey[] {
  switch (kind) {
    case 'entry':
      return [...(timer ? [keys.active] : []), keys.entries, keys.allOverlaps, keys.usage, keys.reports];
    case 'client':
      return [keys.clients, keys.reports];
    case 'project':
      return [keys.projects, keys.reports];
    case 'category':
      return [keys.categories, keys.reports];
    case 'tag':
      return [keys.tags, keys.reports];
    case 'user':
      return [keys.me];
    case 'workspace':
      return [keys.me, keys.workspaces];
    case 'membership':
      return [keys.me, keys.workspaces, keys.members, keys.reports];
    // Of a later version of the server.
    default:
      return [];
  }
}

/** The queries that changes concern, each once. */
export function queriesOf(changes: readonly Change[]): QueryKey[] {
  const found = changes.flatMap(keysOf).map((key) => [JSON.stringify(key), key] as const);
  return [...new Map(found).values()];
}

/** Takes changes of entries into what is shown; null when they have to be asked for as a whole. */
export type TakeEntries = (changes: readonly Change[]) => Promise<boolean> | null;

interface Applier {
  hear: (message: LiveMessage) => void;
  stop: () => void;
}

/**
 * Asks again for exactly what changes concern. While a change of one's own is on its way this waits: what is shown already must not
 * flicker, and the change asks again by itself. What was asked for after the news came is not asked for again.
 */
export function createApplier(client: QueryClient, takeEntries: TakeEntries = () => null): Applier {
  /** By query key: since when it is out of date. An empty key is every query. */
  const stale = new Map<string, number>();
  /** By query hash: when it was last asked for. */
  const asked = new Map<string, number>();
  /** Changes of single entries, which are taken one by one. */
  let entries: Change[] = [];
  /** When the last of them was told. */
  let entriesAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    timer = undefined;
    // A change that waits for the connection to come back may wait for long.
    if (client.isMutating({ predicate: (mutation) => !mutation.state.isPaused }) > 0) return;
    const taken = entries;
    const at = entriesAt;
    entries = [];
    if (taken.length > 0) {
      const all = () => askAgain(queriesOf(taken).map((key) => [JSON.stringify(key), at]));
      const taking = stale.has('[]') ? null : takeEntries(taken);
      if (taking) void taking.then((isDone) => isDone || all(), all);
      else all();
    }
    const news = [...stale];
    stale.clear();
    askAgain(news);
  }

  function askAgain(news: readonly (readonly [string, number])[]): void {
    for (const [key, since] of news) {
      const filters = {
        queryKey: JSON.parse(key) as QueryKey,
        predicate: ({ queryHash }: { queryHash: string }) => (asked.get(queryHash) ?? -1) < since,
      };
      // An answer on its way may be older than the news; a first one would be waited for and taken.
      void client.cancelQueries(filters).then(() => client.invalidateQueries(filters));
    }
  }

  function schedule(): void {
    if (stale.size > 0 || entries.length > 0) timer ??= setTimeout(flush, GATHER_MS);
  }

  const stopQueries = client.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'fetch')
      asked.set(event.query.queryHash, performance.now());
    if (event.type === 'removed') asked.delete(event.query.queryHash);
  });
  const stopMutations = client.getMutationCache().subscribe(schedule);

  return {
    hear(message) {
      if (message.type === 'state') return;
      const changes = message.type === 'reset' ? [] : message.changes;
      const ofEntries = changes.filter(({ kind }) => kind === 'entry');
      if (ofEntries.length > 0) entriesAt = performance.now();
      entries.push(...ofEntries);
      const concerned =
        message.type === 'reset' ? [[]] : queriesOf(changes.filter(({ kind }) => kind !== 'entry'));
      for (const key of concerned) stale.set(JSON.stringify(key), performance.now());
      schedule();
    },
    stop() {
      clearTimeout(timer);
      stopQueries();
      stopMutations();
    },
  };
}
