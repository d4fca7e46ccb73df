import { QueryClient } from '@tanstack/react-query';
import { beforeEach, describe, expect, it } from 'vitest';
import { keys } from '@/api/keys';
import type { Entry } from '@/api/types';
import { server } from '@/testing/server';
import { World } from '@/testing/world';
import {
  addToCachedLists,
  changeCachedEntries,
  entryListQuery,
  restoreEntries,
  takeEntries,
} from './queries';
import { entryTotalsQuery, secondsNow, type Totals } from './totals';

const berlin = 'Europe/Berlin';
/** Two days in Berlin. */
const filters = { overlapFrom: '2026-01-05T23:00:00Z', overlapTo: '2026-01-07T23:00:00Z' };

async function setUp() {
  const world = new World();
  const site = world.project('Site');
  const design = world.category(site, 'Design');
  // 22:00 to 02:00 in Berlin, and a minute.
  const night = world.entry(design, '2026-01-06T21:00:00Z', '2026-01-07T01:00:00Z', { billable: true });
  const mail = world.entry(design, '2026-01-06T08:00:00Z', '2026-01-06T08:01:00Z');
  world.serve();
  const client = new QueryClient();
  const query = entryTotalsQuery(filters, berlin);
  await client.fetchQuery(query);
  client.setQueryData(keys.entryRange(filters.overlapFrom, filters.overlapTo), [night, mail]);
  const asked: string[] = [];
  server.events.on('request:start', ({ request }) => asked.push(new URL(request.url).pathname));
  const sums = () => {
    const totals = client.getQueryData<Totals>(query.queryKey);
    const of = (one?: Pick<Totals, 'entries' | 'durationSeconds' | 'billableSeconds'>) =>
      one && [one.entries, one.durationSeconds, one.billableSeconds];
    return [of(totals), ...(totals?.days ?? []).map(of)];
  };
  return { world, design, night, mail, client, asked, sums };
}

describe('totals', () => {
  let set: Awaited<ReturnType<typeof setUp>>;
  beforeEach(async () => {
    set = await setUp();
  });

  it('have the part of each entry in each day', () => {
    expect(set.sums()).toEqual([
      [2, 4 * 3600 + 60, 4 * 3600],
      [2, 2 * 3600 + 60, 2 * 3600],
      [1, 2 * 3600, 2 * 3600],
    ]);
  });

  it('follow what was changed, made and deleted without asking again, and go back when it was refused', async () => {
    const { world, design, night, mail, client, asked, sums } = set;
    const before = sums();
    const snapshot = await changeCachedEntries(client, (entries) =>
      entries.map((entry) => (entry.id === night.id ? { ...entry, billable: false } : entry)),
    );
    expect(sums()[2]).toEqual([1, 2 * 3600, 0]);
    restoreEntries(client, snapshot);
    expect(sums()).toEqual(before);

    const longer = world.touch(night.id, { stoppedAt: '2026-01-07T03:00:00Z', durationSeconds: 6 * 3600 });
    await takeEntries(client, [longer]);
    expect(sums()[2]).toEqual([1, 4 * 3600, 4 * 3600]);
    await takeEntries(client, [], [mail.id]);
    expect(sums()[1]).toEqual([1, 2 * 3600, 2 * 3600]);
    const made = world.entry(design, '2026-01-07T10:00:00Z', '2026-01-07T11:00:00Z');
    addToCachedLists(client, made);
    expect(sums()).toEqual([
      [2, 7 * 3600, 6 * 3600],
      [1, 2 * 3600, 2 * 3600],
      [2, 5 * 3600, 4 * 3600],
    ]);
    expect(asked).toEqual([]);
    // As the server has it.
    world.entries = world.entries.filter(({ id }) => id !== mail.id);
    await client.refetchQueries({ queryKey: [...keys.entries, 'totals'] });
    expect(sums()[0]).toEqual([2, 7 * 3600, 6 * 3600]);
  });

  it('are asked for again when a change cannot be told from what is known', async () => {
    const { world, client, sums } = set;
    const [design] = world.categories;
    if (!design) throw new Error('no category');
    // Changed elsewhere, and never seen here.
    const unseen = world.entry(design, '2026-01-06T12:00:00Z', '2026-01-06T13:00:00Z', { revision: 3 });
    const observed = client.getQueryCache().find({ queryKey: entryTotalsQuery(filters, berlin).queryKey });
    await takeEntries(client, [unseen]);
    expect(observed?.state.isInvalidated).toBe(true);
    expect(sums()[0]?.[0]).toBe(2);
  });

  it('go on while the timer runs', () => {
    const timer = { startedAt: '2026-01-07T22:00:00Z', stoppedAt: null, durationSeconds: null } as Entry;
    const range = { from: filters.overlapFrom, to: filters.overlapTo };
    const totals = { durationSeconds: 1000, running: 1 };
    const at = (time: string) => secondsNow(totals, range, '2026-01-07T22:10:00Z', timer, Date.parse(time));
    expect(at('2026-01-07T22:10:00Z')).toBe(1000);
    expect(at('2026-01-07T22:11:00Z')).toBe(1060);
    // Not beyond the end of the range.
    expect(at('2026-01-08T09:00:00Z')).toBe(1000 + 50 * 60);
    expect(secondsNow({ ...totals, running: 0 }, range, range.from, timer, Date.now())).toBe(1000);
  });
});

it('asks again for totals of others as often as for their list, and not for totals of the own entries', () => {
  const others = { member: ['all'] };
  expect(entryTotalsQuery(others).refetchInterval).toBe(60_000);
  expect(entryListQuery(others).refetchInterval).toBe(60_000);
  expect(entryTotalsQuery(others).refetchOnWindowFocus).toBe('always');
  expect(entryTotalsQuery({}).refetchInterval).toBeUndefined();
});
