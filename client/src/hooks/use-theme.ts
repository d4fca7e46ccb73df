import { useEffect, useSyncExternalStore } from 'react';
import { recall, remember } from '@/lib/storage';

export type Theme = 'system' | 'light' | 'dark';

/** Also read by public/early.js before the first paint. */
const KEY = 'clockwork.theme';
const listeners = new Set<() => void>();

function read(): Theme {
  const stored = recall(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

let theme = read();

function apply(): void {
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function setTheme(next: Theme): void {
  if (theme === next) return;
  theme = next;
  remember(KEY, next === 'system' ? null : next);
  apply();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => theme);
}

/** Follows the system when it changes between day and night; once per page. */
export function useFollowSystemTheme(): void {
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    query.addEventListener('change', apply);
    return () => query.removeEventListener('change', apply);
  }, []);
}
