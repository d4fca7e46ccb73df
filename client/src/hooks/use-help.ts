import { useSyncExternalStore } from 'react';

/** Whether the help is open: several places open it, one shows it. */
let open = false;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setHelpOpen(next: boolean): void {
  open = next;
  for (const listener of listeners) listener();
}

export function useHelpOpen(): boolean {
  return useSyncExternalStore(subscribe, () => open);
}
