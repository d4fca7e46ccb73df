import { useSyncExternalStore } from 'react';
import { flushSync } from 'react-dom';

let isBefore = false;

function isPrinting(): boolean {
  return isBefore || window.matchMedia('print').matches;
}

function subscribe(listener: () => void): () => void {
  const media = window.matchMedia('print');
  const set = (before: boolean) => () => {
    isBefore = before;
    // The browser takes its picture when the event is over.
    flushSync(listener);
  };
  const [before, after] = [set(true), set(false)];
  media.addEventListener('change', listener);
  window.addEventListener('beforeprint', before);
  window.addEventListener('afterprint', after);
  return () => {
    media.removeEventListener('change', listener);
    window.removeEventListener('beforeprint', before);
    window.removeEventListener('afterprint', after);
  };
}

/** Whether the page is being printed: then everything is drawn, not only what is in view. */
export function usePrinting(): boolean {
  return useSyncExternalStore(subscribe, isPrinting);
}
