import { QueryClient, QueryObserver, type QueryKey } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keys } from '../keys';
import type { Change } from '../types';
import { createApplier, queriesOf } from './apply';

function change(kind: string, more: Partial<Change> = {}): Change {
  return { kind, change: 'updated', id: 'x', revision: 2, timer: false, ...more };
}

describe('what is asked for again', () => {
  it.each<[string, Change[], QueryKey[]]>([
    ['a finished entry', [change('entry')], [keys.entries, keys.allOverlaps, keys.usage, keys.reports]],
    [
      'the timer',
      [change('entry', { timer: true })],
      [keys.active, keys.entries, keys.allOverlaps, keys.usage, keys.reports],
    ],
    [
      'many entries',
      [change('entry', { id: null })],
      [keys.entries, keys.allOverlaps, keys.usage, keys.reports],
    ],
    ['a client', [change('client')], [keys.clients, keys.reports]],
    ['a project', [change('project')], [keys.projects, keys.reports]],
    ['a category', [change('category')], [keys.categories, keys.reports]],
    ['a tag', [change('tag')], [keys.tags, keys.reports]],
    ['the settings', [change('user'), change('workspace')], [keys.me, keys.workspaces]],
    ['a member', [change('membership')], [keys.me, keys.workspaces, keys.members, keys.reports]],
    [
      'a transaction',
      [change('tag'), change('entry'), change('entry')],
      [keys.tags, keys.reports, keys.entries, keys.allOverlaps, keys.usage],
    ],
    ['what only a later server knows', [change('invoice')], []],
  ])('%s', (_name, changes, expected) => {
    expect(queriesOf(changes)).toEqual(expected);
  });
});

describe('asking again', () => {
  let client: QueryClient;
  let asked: string[];

  /** A query with an observer. */
  function look(key: QueryKey, answer: () => Promise<unknown> = () => Promise.resolve(1)): void {
    new QueryObserver(client, {
      queryKey: key,
      queryFn: () => {
        asked.push(String(key[0]));
        return answer();
      },
    }).subscribe(() => undefined);
  }

  beforeEach(async () => {
    vi.useFakeTimers();
    client = new QueryClient();
    asked = [];
    for (const key of [keys.active, keys.entryList({}), keys.tags, keys.me]) look(key);
    await vi.advanceTimersByTimeAsync(1_000);
    asked = [];
  });
  afterEach(() => {
    client.clear();
    vi.useRealTimers();
  });

  it('touches what is concerned, once for what comes together', async () => {
    const applier = createApplier(client);
    applier.hear({ type: 'changes', changes: [change('tag')] });
    applier.hear({ type: 'changes', changes: [change('tag'), change('entry')] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked.sort()).toEqual(['entries', 'tags']);
    applier.stop();
  });

  it('invalidates everything when the changes are unknown', async () => {
    const applier = createApplier(client);
    applier.hear({ type: 'reset' });
    applier.hear({ type: 'state', live: true });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked.sort()).toEqual(['active', 'entries', 'me', 'tags']);
    applier.stop();
  });

  it('waits while a change of one’s own is on its way, and trusts what that asks for', async () => {
    const applier = createApplier(client);
    const mutation = client.getMutationCache().build(client, {
      mutationFn: () => new Promise((resolve) => setTimeout(resolve, 5_000)),
      onSettled: () => void client.invalidateQueries({ queryKey: keys.active }),
    });
    void mutation.execute(undefined);
    applier.hear({ type: 'changes', changes: [change('entry', { timer: true })] });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(4_000);
    // The timer was asked for by the change itself, after the news: once is enough.
    expect(asked.sort()).toEqual(['active', 'entries']);
    applier.stop();
  });

  it('does not wait for a change that waits for a connection', async () => {
    const applier = createApplier(client);
    const mutation = client.getMutationCache().build(client, { mutationFn: () => Promise.resolve() });
    mutation.state = { ...mutation.state, status: 'pending', isPaused: true };
    applier.hear({ type: 'changes', changes: [change('tag')] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toEqual(['tags']);
    applier.stop();
  });

  it('asks again when the answer on its way may be older than the news', async () => {
    const applier = createApplier(client);
    look(keys.projects, () => new Promise((resolve) => setTimeout(() => resolve(1), 3_000)));
    await vi.advanceTimersByTimeAsync(10);
    applier.hear({ type: 'changes', changes: [change('project')] });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toEqual(['projects', 'projects']);
    applier.stop();
  });
});
