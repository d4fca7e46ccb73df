import { useSyncExternalStore } from 'react';

/** Dialogs that several places open and one place shows. */
export type SharedDialog = 'help' | 'palette' | 'add';

let open: SharedDialog | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function openDialog(next: SharedDialog | null): void {
  open = next;
  for (const listener of listeners) listener();
}

export function useOpenDialog(): SharedDialog | null {
  return useSyncExternalStore(subscribe, () => open);
}
