/** The stream of what changes, kept open: by the page itself, or by a worker for all pages of this browser. */
import { basePath } from '@/base-path';
import type { Change } from '../types';

/** What the pages hear. */
export type LiveMessage =
  | { type: 'changes'; changes: Change[] }
  /** Something may have changed, and the server cannot name it. */
  | { type: 'reset' }
  | { type: 'state'; live: boolean };

/** The server beats every 20 s; after this silence the connection is dead, or the computer has slept. */
const SILENCE_MS = 50_000;
const WATCH_MS = 5_000;
/** How long after a refusal to try again: growing from the first to the second. */
const PAUSE_MS = [1_000, 30_000] as const;
/** A first stream begins with the changes of the last minute. A page that took longer to reach it may have missed some. */
const LATE_MS = 30_000;

export interface LiveStream {
  /** The server can be reached again: it is tried at once, not when it would be its turn. */
  wake: () => void;
  close: () => void;
}

/** Opens a stream at once and keeps it open; `path` is that of the events of a workspace. */
export function openLiveStream(tell: (message: LiveMessage) => void, path = '/api/events'): LiveStream {
  const url = basePath + path;
  const begun = Date.now();
  let source: EventSource | undefined;
  let lastEventId = '';
  let heard = Date.now();
  let pause: number = PAUSE_MS[0];
  let again: ReturnType<typeof setTimeout> | undefined;

  function note(event: Event): void {
    heard = Date.now();
    const { lastEventId: id } = event as MessageEvent;
    if (id) lastEventId = id;
  }

  function open(): void {
    clearTimeout(again);
    again = undefined;
    source?.close();
    heard = Date.now();
    const resumes = lastEventId !== '';
    source = new EventSource(resumes ? `${url}?lastEventId=${encodeURIComponent(lastEventId)}` : url);
    const opened = source;
    let first = true;
    opened.addEventListener('ready', (event) => {
      note(event);
      pause = PAUSE_MS[0];
      if (first && !resumes && Date.now() - begun > LATE_MS) tell({ type: 'reset' });
      first = false;
      tell({ type: 'state', live: true });
    });
    opened.addEventListener('changes', (event) => {
      note(event);
      const { changes } = JSON.parse((event as MessageEvent<string>).data) as { changes: Change[] };
      tell({ type: 'changes', changes });
    });
    opened.addEventListener('reset', (event) => {
      note(event);
      tell({ type: 'reset' });
    });
    opened.addEventListener('heartbeat', note);
    opened.addEventListener('error', () => {
      tell({ type: 'state', live: false });
      // While the browser itself tries again it says so; after a refusal it gives up, and we do not.
      if (opened.readyState !== EventSource.CLOSED || opened !== source) return;
      again = setTimeout(open, pause * (0.5 + Math.random() / 2));
      pause = Math.min(pause * 2, PAUSE_MS[1]);
    });
  }

  function look(): void {
    if (again !== undefined || Date.now() - heard < SILENCE_MS) return;
    tell({ type: 'state', live: false });
    open();
  }

  function wake(): void {
    pause = PAUSE_MS[0];
    if (source?.readyState !== EventSource.OPEN) open();
  }

  const watch = setInterval(look, WATCH_MS);
  globalThis.addEventListener('online', wake);
  open();
  return {
    wake,
    close: () => {
      clearInterval(watch);
      clearTimeout(again);
      globalThis.removeEventListener('online', wake);
      source?.close();
    },
  };
}
