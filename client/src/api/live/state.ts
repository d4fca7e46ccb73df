/** Whether changes of other tabs and devices are told. */

/** A server that is replaced is back by then. */
const WORTH_SAYING_MS = 20_000;

const listeners = new Set<() => void>();
let live = false;
let lost = false;
let timer: ReturnType<typeof setTimeout> | undefined;

function say(next: boolean): void {
  if (next === lost) return;
  lost = next;
  for (const listener of listeners) listener();
}

/** What the stream says of itself. */
export function setLive(next: boolean): void {
  live = next;
  if (live) {
    clearTimeout(timer);
    timer = undefined;
    say(false);
  } else {
    timer ??= setTimeout(() => say(true), WORTH_SAYING_MS);
  }
}

/** No listener is left, so nothing is lost. */
export function forgetLive(): void {
  setLive(true);
  live = false;
}

export function isLive(): boolean {
  return live;
}

/** For so long that people should know. */
export function isLiveLost(): boolean {
  return lost;
}

export function subscribeLive(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
