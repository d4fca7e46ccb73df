import { useSyncExternalStore } from 'react';
import { serverNow } from '@/api/server-clock';

/** The subscribers of each second; one timer serves all of them. */
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | undefined;
let current = serverNow();

function tick(): void {
  current = serverNow();
  for (const listener of listeners) listener();
}

function schedule(): void {
  timer = setTimeout(
    () => {
      tick();
      schedule();
    },
    1000 - (serverNow() % 1000),
  );
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    current = serverNow();
    schedule();
    // After sleep and in a tab that comes back the timer is late: show the truth at once.
    document.addEventListener('visibilitychange', tick);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    }
  };
}

const never = () => () => undefined;

/** Now by the server's clock, in milliseconds, each second anew; where nothing ticks, some earlier now. */
export function useNow(ticks = true): number {
  return useSyncExternalStore(ticks ? subscribe : never, () => current);
}
