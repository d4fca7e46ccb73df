/**
 * Changes that wait for the connection, kept where the closing of a page does not lose them: another page sends them later. Each
 * page keeps its own under a lock that it holds as long as it lives, so that no other page sends what an open page still will.
 */
import { hydrate, type Mutation, type QueryClient } from '@tanstack/react-query';
import { basePath } from '@/base-path';
import { recall, remember, rememberedKeys } from '@/lib/storage';
import { keys } from '@/api/keys';
import { currentSession, onSessionEnding } from '@/api/session';
import { meQuery } from '@/entities/me/me';
import { newKey } from '@/api/resilient-fetch';
import { learnTimeRequests, timeScope, type Asked, type TimeRequest } from './requests';
import type { Me } from '@/api/types';

/** With the form of what is kept: a later one would have another number. */
const PREFIX = `clockwork.unsent.1 ${basePath} `;

/** So long the server remembers the key of a change; one that was sent before may have happened. */
const KEY_LIVES_MS = 23 * 3_600_000;

interface Kept {
  /** The user whose changes they are: a page of another user must not send them. */
  user: string;
  /** The workspace that they are for; absent for the one that the server chooses. */
  workspace?: string | null;
  changes: { key: readonly unknown[]; variables: unknown; at: number; sent: boolean }[];
}

function pending(client: QueryClient): Mutation[] {
  return client
    .getMutationCache()
    .findAll({ mutationKey: ['time'], predicate: ({ state }) => state.status === 'pending' });
}

/** How many changes wait. */
export function countUnsent(client: QueryClient): number {
  return pending(client).filter(({ state }) => state.isPaused).length;
}

export function subscribeUnsent(client: QueryClient, listener: () => void): () => void {
  return client.getMutationCache().subscribe(listener);
}

/** Browsers have locks only for pages that came over TLS or from the same computer. Without them nothing is kept. */
export const keepsUnsent = typeof navigator !== 'undefined' && 'locks' in navigator;

/** Whether something is on its way, or waits, that the closing of the page would lose. */
export function wouldBeLost(client: QueryClient): boolean {
  return pending(client).some(({ state }) => !keepsUnsent || !(state.variables as Asked<unknown>).offline);
}

function put(client: QueryClient, kept: Kept): number {
  const changes = kept.changes.filter(({ at, sent }) => !sent || Date.now() - at < KEY_LIVES_MS);
  hydrate(client, {
    queries: [],
    mutations: changes.map(({ key, variables, at }) => ({
      mutationKey: [...key],
      scope: timeScope,
      meta: { kept: true },
      state: {
        context: undefined,
        data: undefined,
        error: null,
        failureCount: 0,
        failureReason: null,
        isPaused: true,
        status: 'pending' as const,
        submittedAt: at,
        variables,
      },
    })),
  });
  return changes.length;
}

function read(key: string): Kept | null {
  try {
    return JSON.parse(recall(key) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

interface RefusedChange {
  name: TimeRequest;
  what: unknown;
}

interface Told {
  /** So many changes of an earlier page have been sent. */
  onSent: (count: number) => void;
  /** One was refused; what it asked for is told, so that it can be asked for again. */
  onRefused: (error: unknown, change: RefusedChange) => void;
}

/** Keeps what waits, and sends what earlier pages have kept; the answer ends that. */
export function keepUnsent(client: QueryClient, { onSent, onRefused }: Told): () => void {
  learnTimeRequests(client);
  if (!keepsUnsent) return () => undefined;
  const own = PREFIX + newKey();
  const ended = new AbortController();
  let release: (() => void) | undefined;
  let written: string | null = null;
  let refused = 0;
  const { workspace } = currentSession();
  let isOver = false;

  /** Also what is on its way, when the session ends: nothing else will tell whether it has arrived. */
  const write = (whole = false) => {
    if (isOver) return;
    const user = client.getQueryData<Me>(keys.me)?.user.id;
    const changes = pending(client)
      // A request made online is answered while the page is visible.
      .filter(({ state }) => whole || (state.variables as Asked<unknown>).offline)
      .map(({ options, state }) => ({
        key: options.mutationKey ?? [],
        variables: state.variables,
        at: state.submittedAt,
        sent: !state.isPaused,
      }));
    const text =
      user === undefined || changes.length === 0
        ? null
        : JSON.stringify({ user, workspace, changes } satisfies Kept);
    if (text !== written) remember(own, text);
    written = text;
  };

  const adopt = async () => {
    const { user } = await client.fetchQuery(meQuery);
    const before = rememberedKeys().filter((key) => key.startsWith(PREFIX) && key !== own);
    let count = 0;
    for (const key of before) {
      await navigator.locks.request(key, { ifAvailable: true }, (lock) => {
        const kept = read(key);
        if (!lock || ended.signal.aborted || kept?.user !== user.id) return;
        if ((kept.workspace ?? null) !== workspace) return;
        count += put(client, kept);
        write();
        remember(key, null);
      });
    }
    if (count === 0) return;
    await client.resumePausedMutations();
    if (count > refused && pending(client).length === 0) onSent(count - refused);
  };

  /** Whose changes may be sent is known when the server has said who this is; after an outage, late. */
  let waiting: (() => void) | undefined;
  const adoptWhenKnown = () => {
    adopt().catch(() => {
      waiting ??= client.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated' || event.action.type !== 'success') return;
        if ((event.query.queryKey as readonly unknown[])[0] !== keys.me[0]) return;
        waiting?.();
        waiting = undefined;
        adoptWhenKnown();
      });
    });
  };

  const stop = client.getMutationCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error' && event.mutation.meta?.kept === true) {
      refused += 1;
      const { options, state } = event.mutation;
      onRefused(event.action.error, {
        name: options.mutationKey?.[1] as TimeRequest,
        what: (state.variables as Asked<unknown>).what,
      });
    }
    write();
  });
  navigator.locks
    .request(own, { signal: ended.signal }, () => {
      // What was kept before is looked at once this page is known to live.
      adoptWhenKnown();
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    })
    .catch(() => undefined);
  const stopEnding = onSessionEnding(() => {
    write(true);
    isOver = true;
  });
  return () => {
    stop();
    stopEnding();
    waiting?.();
    ended.abort();
    release?.();
  };
}
