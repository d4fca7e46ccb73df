import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '@/api/keys';
import type { Change, Entry } from '@/api/types';
import { noteSeen } from '@/api/versions';
import { server } from '@/testing/server';
import { World } from '@/testing/world';
import type { EntryPage } from './queries';
import { takeEntryChanges } from './take-changes';

function setUp() {
  const world = new World();
  const site = world.project('Site');
  const design = world.category(site, 'Design');
  const early = world.entry(design, '2026-01-06T08:00:00Z', '2026-01-06T09:00:00Z', { description: 'Early' });
  const late = world.entry(design, '2026-01-06T10:00:00Z', '2026-01-06T11:00:00Z', { description: 'Late' });
  world.serve();
  const asked: string[] = [];
  server.events.on('request:start', ({ request }) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${pathname}${search}`);
  });
  const client = new QueryClient();
  const page: EntryPage = { entries: [late, early], nextCursor: null };
  client.setQueryData(keys.entryList({}), { pages: [page], pageParams: [''] });
  client.setQueryData(keys.entryRange('2026-01-06T09:30:00Z', '2026-01-07T00:00:00Z'), [late]);
  client.setQueryData(keys.active, null);
  const listed = () =>
    client
      .getQueryData<{ pages: EntryPage[] }>(keys.entryList({}))
      ?.pages.flatMap(({ entries }) => entries.map(({ description }) => description));
  const ranged = () =>
    client
      .getQueryData<Entry[]>(keys.entryRange('2026-01-06T09:30:00Z', '2026-01-07T00:00:00Z'))
      ?.map(({ description }) => description);
  return { world, design, early, late, asked, client, listed, ranged, take: takeEntryChanges(client) };
}

function change(id: string | null, more: Partial<Change> = {}): Change {
  return { kind: 'entry', change: 'updated', id, revision: 2, timer: false, ...more };
}

describe('changes that were made elsewhere', () => {
  let set: ReturnType<typeof setUp>;
  beforeEach(() => {
    set = setUp();
  });

  it('cost one request, whatever is loaded, and move an entry into the lists in which it belongs now', async () => {
    const { world, early, asked, take, listed, ranged } = set;
    world.touch(early.id, {
      description: 'Moved',
      startedAt: '2026-01-06T12:00:00Z',
      stoppedAt: '2026-01-06T13:00:00Z',
    });
    expect(await take([change(early.id)])).toBe(true);
    expect(asked).toEqual([`/api/time/entries/${early.id}`]);
    expect(listed()?.sort()).toEqual(['Late', 'Moved']);
    expect(ranged()).toEqual(['Moved', 'Late']);
  });

  it('of a start, which stops another entry, cost one request as well', async () => {
    const { world, design, late, asked, take, listed, client } = set;
    world.touch(late.id, { description: 'Late, stopped' });
    const started = world.entry(design, '2026-01-06T14:00:00Z', null, { description: 'Started' });
    expect(
      await take([change(late.id, { timer: true }), change(started.id, { change: 'created', timer: true })]),
    ).toBe(true);
    expect(asked).toEqual(['/api/time/entries?limit=20']);
    expect(listed()).toEqual(['Started', 'Late, stopped', 'Early']);
    expect(client.getQueryData<Entry>(keys.active)?.id).toBe(started.id);
  });

  it('cost none when an entry is gone, or when an answer has shown the version already', async () => {
    const { early, late, asked, take, listed } = set;
    const newer: Entry = { ...late, revision: 7 };
    noteSeen(newer);
    expect(
      await take([change(early.id, { change: 'deleted', revision: null }), change(late.id, { revision: 7 })]),
    ).toBe(true);
    expect(asked).toEqual([]);
    expect(listed()).toEqual(['Late']);
  });

  it('of very many are asked for as a whole', () => {
    const { take } = set;
    expect(take([change(null, { revision: null })])).toBeNull();
    expect(take(['a', 'b', 'c', 'd'].map((id) => change(id)))).toBeNull();
  });
});
