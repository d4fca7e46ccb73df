/**
 * One stream for all pages of this browser: over HTTP/1.1 a browser opens six connections to a server, and six tabs with a stream of
 * their own would leave none for anything else.
 */
import type { PageMessage } from './connect';
import { openLiveStream, type LiveMessage } from './stream';

/** A page that joins hears what happened while it loaded. */
const KEPT_MS = 60_000;

const pages = new Set<MessagePort>();
let kept: { at: number; message: LiveMessage }[] = [];
let state: LiveMessage = { type: 'state', live: false };

/** The page names the worker by the user and the path of the events, so that each user and workspace has a worker of its own. */
const path = (globalThis as unknown as { name: string }).name.split(' ').at(-1);

const stream = openLiveStream((message) => {
  if (message.type === 'state') state = message;
  else kept = [...kept.filter(({ at }) => Date.now() - at < KEPT_MS), { at: Date.now(), message }];
  for (const page of pages) page.postMessage(message);
}, path);

globalThis.addEventListener('connect', (event) => {
  const [page] = (event as MessageEvent).ports;
  if (!page) return;
  pages.add(page);
  page.addEventListener('message', ({ data }: MessageEvent<PageMessage>) => {
    if (data === 'wake') stream.wake();
    else pages.delete(page);
  });
  page.start();
  page.postMessage(state);
  for (const { at, message } of kept) if (Date.now() - at < KEPT_MS) page.postMessage(message);
});
