import { currentSession } from '../session';
import { openLiveStream, type LiveMessage, type LiveStream } from './stream';

const none: LiveStream = { wake: () => undefined, close: () => undefined };

/** Hears what changes, through the worker that all tabs share or, where a browser has none, by a stream of one's own. */
export function connectLive(tell: (message: LiveMessage) => void): LiveStream {
  if (typeof EventSource === 'undefined') return none;
  const session = currentSession();
  const path = session.path('/api/events');
  if (typeof SharedWorker === 'undefined') return openLiveStream(tell, path);
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: `clockwork-live ${session.owner ?? ''} ${path}`,
  });
  const { port } = worker;
  let ownStream: LiveStream | undefined;
  // A worker that cannot start: a policy forbids it, or a new version has replaced its file.
  worker.addEventListener('error', () => {
    ownStream ??= openLiveStream(tell, path);
  });
  port.addEventListener('message', (event: MessageEvent<LiveMessage>) => tell(event.data));
  port.start();
  const say = (what: PageMessage) => port.postMessage(what);
  const leave = () => say('leave');
  window.addEventListener('pagehide', leave);
  return {
    wake: () => {
      say('wake');
      ownStream?.wake();
    },
    close: () => {
      window.removeEventListener('pagehide', leave);
      leave();
      port.close();
      ownStream?.close();
    },
  };
}

/** What a page tells the worker. */
export type PageMessage = 'leave' | 'wake';
