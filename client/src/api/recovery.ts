/** After an outage everything that could not be loaded is asked for again, without a click and without a storm. */
import type { Query, QueryClient } from '@tanstack/react-query';
import { isOutage, mayPass } from './errors';

/** While the server is away: one query asks so often whether it is back, for all others. */
const PROBE_MS = 2_000;
/** An error of the server's own is asked about less and less often. */
const LONGEST_PAUSE_MS = 30_000;
/** Answers that come together are followed by one look at what is missing. */
const GATHER_MS = 50;

export interface Recovery {
  /** There is a connection again: what failed is asked for at once. */
  connected: () => void;
  stop: () => void;
}

/** `onBack` is called when the first answer after an outage has come. */
export function watchOutages(client: QueryClient, onBack: () => void = () => undefined): Recovery {
  let probe: ReturnType<typeof setTimeout> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let rounds = 0;
  let isAway = false;

  const failed = (): Query[] =>
    client
      .getQueryCache()
      .findAll({ type: 'active', fetchStatus: 'idle' })
      .filter(({ state }) => state.status === 'error' && mayPass(state.error));

  const ask = (queries: readonly Query[]) => {
    for (const { queryKey } of queries) void client.refetchQueries({ queryKey, exact: true, type: 'active' });
  };

  function schedule(): void {
    if (probe !== undefined) return;
    const missing = failed();
    if (missing.length === 0) {
      rounds = 0;
      return;
    }
    const outage = missing.some(({ state }) => isOutage(state.error));
    const pause = outage ? PROBE_MS : Math.min(PROBE_MS * 2 ** rounds, LONGEST_PAUSE_MS);
    probe = setTimeout(
      () => {
        probe = undefined;
        rounds += 1;
        const still = failed();
        // During an outage one stands for all; errors of single queries have nothing to do with each other.
        const away = still.find(({ state }) => isOutage(state.error));
        ask(away ? [away] : still);
        if (still.length === 0) rounds = 0;
      },
      // Many pages that lost the same server do not ask in the same moment.
      pause * (0.75 + Math.random() / 4),
    );
  }

  function answered(): void {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      if (isAway) {
        isAway = false;
        onBack();
      }
      ask(failed().filter(({ state }) => isOutage(state.error)));
      schedule();
    }, GATHER_MS);
  }

  const unsubscribe = client.getQueryCache().subscribe((event) => {
    if (event.type === 'observerAdded') schedule();
    if (event.type !== 'updated') return;
    if (event.action.type === 'error') {
      if (isOutage(event.action.error)) isAway = true;
      // The state follows the news of it.
      queueMicrotask(schedule);
    }
    if (event.action.type === 'success' && !event.action.manual) answered();
  });

  // What failed before is waited for as well.
  schedule();
  return {
    connected: () => ask(failed()),
    stop: () => {
      clearTimeout(probe);
      clearTimeout(gathering);
      unsubscribe();
    },
  };
}
