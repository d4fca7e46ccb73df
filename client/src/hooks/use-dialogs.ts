import { useSyncExternalStore } from 'react';
import type { Entry } from '@/api/types';
import { forgetWithSession } from '@/lib/forget';

/** Dialogs that several places open and one place shows. */
export type SharedDialog = 'help' | 'palette' | EntryDialog;

/** Of entries; `add` has no time where the page says when a new one begins. What was `typed` before was refused. */
type EntryDialog =
  | 'add'
  | { dialog: 'add'; start?: number; stop?: number; typed?: object }
  | { dialog: 'edit'; entry: Entry; typed?: object }
  | { dialog: 'split'; entry: Entry & { stoppedAt: string } }
  | { dialog: 'bulk'; entries: readonly Entry[]; typed?: object };

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

export function shownDialog(): SharedDialog | null {
  return open;
}

export function closeDialog(): void {
  openDialog(null);
}

forgetWithSession(closeDialog);

export function useOpenDialog(): SharedDialog | null {
  return useSyncExternalStore(subscribe, shownDialog);
}
