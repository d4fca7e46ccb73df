/** Parts of the application that come after the page is shown: what opens on a click is there when it is clicked. */
import { useEffect, useSyncExternalStore } from 'react';
import { hasUnsaved } from './unsaved';

export interface Deferred<T> {
  load: () => Promise<T>;
  current: () => T | undefined;
  subscribe: (listener: () => void) => () => void;
}

/** When a part is preloaded: when the page is idle, or at the first interaction. */
type When = 'idle' | 'use';

const all: Record<When, Deferred<unknown>[]> = { idle: [], use: [] };

/** `bring` is an `import()`; a failed one is tried again. */
export function deferred<T>(bring: () => Promise<T>, when: When = 'use'): Deferred<T> {
  let loaded: T | undefined;
  let coming: Promise<T> | undefined;
  const listeners = new Set<() => void>();
  const part: Deferred<T> = {
    load() {
      coming ??= bring().then(
        (module) => {
          loaded = module;
          for (const listener of listeners) listener();
          return module;
        },
        (error: unknown) => {
          coming = undefined;
          throw error;
        },
      );
      return coming;
    },
    current: () => loaded,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  all[when].push(part);
  return part;
}

const RELOADED = 'clockwork.reloaded';
const RELOAD_AGAIN_MS = 60_000;
const TRY_AGAIN_MS = 2_000;

/** A file that is gone was replaced by a new version, which a reload brings; not in a circle when that does not help, and not over what is typed. */
function reloadOnce(): void {
  if (!navigator.onLine || hasUnsaved()) return;
  try {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < RELOAD_AGAIN_MS) return;
    sessionStorage.setItem(RELOADED, String(Date.now()));
  } catch {
    return;
  }
  // Away as a whole, it is waited for: a reload would lose the page.
  fetch(document.baseURI, { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => {
      if (ok) window.location.reload();
    },
    () => undefined,
  );
}

/** The part while it is needed, as soon as it is there. */
export function useDeferred<T>(part: Deferred<T>, needed: boolean): T | undefined {
  const loaded = useSyncExternalStore(part.subscribe, part.current);
  const missing = needed && loaded === undefined;
  useEffect(() => {
    if (!missing) return;
    let again: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;
    const load = () => {
      part.load().catch(() => {
        failures += 1;
        // Once may be the network, or a server that is being replaced.
        if (failures > 1) reloadOnce();
        again = setTimeout(load, TRY_AGAIN_MS);
      });
    };
    load();
    return () => clearTimeout(again);
  }, [part, missing]);
  return needed ? loaded : undefined;
}

async function loadAll(parts: readonly Deferred<unknown>[]): Promise<void> {
  await Promise.allSettled(parts.map((part) => part.load()));
}

/** Everything that the loaded modules have deferred. */
export async function loadDeferred(): Promise<void> {
  await loadAll([...all.idle, ...all.use]);
}

/** The events of a first interaction. */
const SIGNS_OF_USE = ['pointermove', 'pointerdown', 'keydown', 'scroll', 'focusin'] as const;

/** Loads parts when the page is idle, and all others at the first interaction, so that they work offline, too. */
export function loadDeferredLater(): void {
  const idle = () => void loadAll(all.idle);
  if ('requestIdleCallback' in window) window.requestIdleCallback(idle, { timeout: 2_000 });
  else setTimeout(idle, 300);
  const use = () => {
    for (const sign of SIGNS_OF_USE) window.removeEventListener(sign, use);
    void loadDeferred();
  };
  for (const sign of SIGNS_OF_USE) window.addEventListener(sign, use, { passive: true });
}
