import { useEffect, useSyncExternalStore } from 'react';
import { t } from '@/messages/first';

/** What the page in view is called; the timer adds the running time. */
let title = '';
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Names the page for the tab and the history. */
export function usePageTitle(page: string): void {
  useEffect(() => {
    title = page;
    for (const listener of listeners) listener();
  }, [page]);
}

/** Shows the title of the page in the tab, after `running` when there is any. */
export function useDocumentTitle(running: string | null): void {
  const page = useSyncExternalStore(subscribe, () => title);
  const shown = running ? [running, page].filter(Boolean).join(' · ') : page ? t.app.title(page) : t.app.name;
  useEffect(() => {
    document.title = shown;
  }, [shown]);
}

/** The way to another page moves the focus to its heading, which screen readers then read. */
let isArriving = false;

export function noteNavigation(): void {
  isArriving = true;
}

/** Takes the focus when the user has come here from another page. */
export function focusOnArrival(heading: HTMLElement | null): void {
  if (!isArriving || !heading) return;
  isArriving = false;
  heading.focus({ preventScroll: true });
}
