import { openLiveStream, type LiveMessage } from './stream';

/** Hears what changes, through the worker that all tabs share or, where a browser has none, by a stream of one's own. */
export function connectLive(tell: (message: LiveMessage) => void): () => void {
  if (typeof EventSource === 'undefined') return () => undefined;
  if (typeof SharedWorker === 'undefined') return openLiveStream(tell);
  const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), {
    type: 'module',
    name: 'clockwork-live',
  });
  const { port } = worker;
  let ownStream: (() => void) | undefined;
  // A worker that cannot start: a policy forbids it, or a new version has replaced its file.
  worker.addEventListener('error', () => {
    ownStream ??= openLiveStream(tell);
  });
  port.addEventListener('message', (event: MessageEvent<LiveMessage>) => tell(event.data));
  port.start();
  const leave = () => port.postMessage('leave');
  window.addEventListener('pagehide', leave);
  return () => {
    window.removeEventListener('pagehide', leave);
    leave();
    port.close();
    ownStream?.();
  };
}
