import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openLiveStream, type LiveMessage } from './stream';

class FakeEventSource extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static all: FakeEventSource[] = [];
  readyState = FakeEventSource.CONNECTING;

  constructor(readonly url: string) {
    super();
    FakeEventSource.all.push(this);
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED;
  }

  say(name: string, lastEventId = '', data: unknown = {}): void {
    this.readyState = FakeEventSource.OPEN;
    this.dispatchEvent(new MessageEvent(name, { lastEventId, data: JSON.stringify(data) }));
  }

  fail(state: number): void {
    this.readyState = state;
    this.dispatchEvent(new Event('error'));
  }
}

let heard: LiveMessage[];
let close: () => void;
let wake: () => void;

function newest(): FakeEventSource {
  const source = FakeEventSource.all.at(-1);
  if (!source) throw new Error('no stream was opened');
  return source;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', FakeEventSource);
  FakeEventSource.all = [];
  heard = [];
  ({ close, wake } = openLiveStream((message) => heard.push(message)));
});
afterEach(() => {
  close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('passes on what changes', () => {
  newest().say('ready', 'a-1-1');
  const changes = [{ kind: 'tag', change: 'created', id: 'x', revision: 1, timer: false }];
  newest().say('changes', 'a-2-2', { changes });
  newest().say('heartbeat', 'a-3-3');
  newest().say('reset', 'a-4-4');
  expect(heard).toEqual([{ type: 'state', live: true }, { type: 'changes', changes }, { type: 'reset' }]);
});

it('goes on where it was after a silence, as after sleep', () => {
  newest().say('ready', 'a-1-1');
  newest().say('heartbeat', 'a-2-2');
  vi.advanceTimersByTime(45_000);
  expect(FakeEventSource.all).toHaveLength(1);
  vi.advanceTimersByTime(10_000);
  expect(FakeEventSource.all).toHaveLength(2);
  expect(FakeEventSource.all[0]?.readyState).toBe(FakeEventSource.CLOSED);
  expect(newest().url).toBe('/api/events?lastEventId=a-2-2');
  newest().say('ready');
  expect(heard).toEqual([
    { type: 'state', live: true },
    { type: 'state', live: false },
    { type: 'state', live: true },
  ]);
});

it('leaves a lost connection to the browser, and tries again itself after a refusal', () => {
  newest().say('ready', 'a-1-1');
  newest().fail(FakeEventSource.CONNECTING);
  vi.advanceTimersByTime(20_000);
  expect(FakeEventSource.all).toHaveLength(1);
  newest().fail(FakeEventSource.CLOSED);
  vi.advanceTimersByTime(1_000);
  expect(FakeEventSource.all).toHaveLength(2);
  newest().fail(FakeEventSource.CLOSED);
  vi.advanceTimersByTime(900);
  expect(FakeEventSource.all).toHaveLength(2);
  vi.advanceTimersByTime(1_100);
  expect(FakeEventSource.all).toHaveLength(3);
});

it('does not wait when the connection is back', () => {
  newest().say('ready', 'a-1-1');
  newest().fail(FakeEventSource.CONNECTING);
  window.dispatchEvent(new Event('online'));
  expect(FakeEventSource.all).toHaveLength(2);
  newest().say('ready');
  window.dispatchEvent(new Event('online'));
  expect(FakeEventSource.all).toHaveLength(2);
});

it('does not wait when the server is known to be back', () => {
  newest().say('ready', 'a-1-1');
  newest().fail(FakeEventSource.CLOSED);
  wake();
  expect(FakeEventSource.all).toHaveLength(2);
  newest().say('ready');
  wake();
  expect(FakeEventSource.all).toHaveLength(2);
});

it('a page that reached its first stream late begins anew', () => {
  newest().fail(FakeEventSource.CONNECTING);
  vi.advanceTimersByTime(31_000);
  newest().say('ready', 'a-1-1');
  expect(heard).toEqual([{ type: 'state', live: false }, { type: 'reset' }, { type: 'state', live: true }]);
  // Once: from now on the server tells what was missed.
  newest().fail(FakeEventSource.CONNECTING);
  newest().say('ready');
  expect(heard.filter(({ type }) => type === 'reset')).toHaveLength(1);
});
