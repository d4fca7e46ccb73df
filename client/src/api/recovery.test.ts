import { QueryObserver, type QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, ConnectionError } from './errors';
import { createQueryClient } from './query-client';
import { watchOutages, type Recovery } from './recovery';

let client: QueryClient;
let recovery: Recovery;
let stops: (() => void)[];
let onBack: ReturnType<typeof vi.fn<() => void>>;
/** What the server does at the moment; an error is its answer to everything. */
let outage: Error | null;
let asked: Record<string, number>;

function query(name: string, broken: Error | null = null) {
  const observer = new QueryObserver(client, {
    queryKey: [name],
    queryFn: () => {
      asked[name] = (asked[name] ?? 0) + 1;
      const error = outage ?? broken;
      return error ? Promise.reject(error) : Promise.resolve(name);
    },
  });
  stops.push(observer.subscribe(() => undefined));
  return observer;
}

beforeEach(() => {
  vi.useFakeTimers();
  client = createQueryClient();
  client.mount();
  onBack = vi.fn<() => void>();
  recovery = watchOutages(client, onBack);
  stops = [];
  asked = {};
  outage = null;
});

afterEach(() => {
  for (const stop of stops) stop();
  recovery.stop();
  client.clear();
  vi.useRealTimers();
});

describe('after an outage', () => {
  it.each([
    ['of the network', new ConnectionError()],
    ['of the server, told by a proxy', new ApiError(503, 'unreadable_answer', '', null)],
  ])('%s everything is there within five seconds, without a click', async (_kind, error) => {
    outage = error;
    const names = ['entries', 'week', 'projects', 'me'];
    const observers = names.map((name) => query(name));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(observers.map((observer) => observer.getCurrentResult().status)).not.toContain('success');

    outage = null;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(observers.map((observer) => observer.getCurrentResult().data)).toEqual(names);
    expect(onBack).toHaveBeenCalledOnce();
  });

  it('one query asks for all while it lasts', async () => {
    outage = new ConnectionError();
    for (let index = 0; index < 10; index += 1) query(`query-${index}`);
    await vi.advanceTimersByTimeAsync(10_000);
    const before = Object.values(asked).reduce((sum, count) => sum + count, 0);
    await vi.advanceTimersByTimeAsync(60_000);
    const after = Object.values(asked).reduce((sum, count) => sum + count, 0);
    // Ten queries that each ask every few seconds would be hundreds.
    expect(after - before).toBeLessThan(60);
  });

  it('what failed is asked for at once when the live stream is there', async () => {
    outage = new ConnectionError();
    const entries = query('entries');
    await vi.advanceTimersByTimeAsync(3_500);
    expect(entries.getCurrentResult().status).toBe('error');
    outage = null;
    recovery.connected();
    await vi.advanceTimersByTimeAsync(10);
    expect(entries.getCurrentResult().data).toBe('entries');
  });
});

it('an error of the server itself is asked about less and less often', async () => {
  query('broken', new ApiError(500, 'internal_error', '', null));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked.broken).toBeLessThan(90);
  expect(asked.broken).toBeGreaterThan(15);
});

it('a refusal is not asked about again', async () => {
  query('refused', new ApiError(404, 'not_found', '', null));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(asked.refused).toBe(1);
});
