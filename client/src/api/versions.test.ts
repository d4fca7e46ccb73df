import { describe, expect, it } from 'vitest';
import { ConflictError } from './errors';
import { edit, merge } from './versions';

interface Thing {
  id: string;
  updatedAt: string;
  name: string;
  billable: boolean;
}

let counter = 0;

/** A server with one thing. */
function thing() {
  counter += 1;
  const seen: Thing = { id: `thing-${counter}`, updatedAt: '1', name: 'Ours', billable: false };
  let current = seen;
  const sent: Partial<Thing>[] = [];
  let interrupt: (() => void) | undefined;
  const answer = (status: number, body: Thing | object) =>
    Promise.resolve({
      ...(status === 200 ? { data: body as Thing } : { error: body }),
      response: new Response(null, { status, headers: { ETag: `W/"${current.updatedAt}"` } }),
    });
  const change = (changes: Partial<Thing>) => {
    current = { ...current, ...changes, updatedAt: String(Number(current.updatedAt) + 1) };
  };
  return {
    seen,
    sent,
    change,
    current: () => current,
    /** Another client changes the object before the next patch. */
    beforeNextPatch: (work: () => void) => (interrupt = work),
    edit: (changes: Partial<Thing>, from = seen) =>
      edit(
        from,
        changes,
        () => answer(200, current),
        (body, ifMatch) => {
          const work = interrupt;
          interrupt = undefined;
          work?.();
          if (ifMatch['If-Match'] !== `W/"${current.updatedAt}"`)
            return answer(412, { code: 'precondition_failed', message: 'Changed.', requestId: 'r' });
          sent.push(body);
          change(body);
          return answer(200, current);
        },
      ),
  };
}

describe('an edit of what was changed elsewhere meanwhile', () => {
  it('is made on top of it when that was another field', async () => {
    const { edit, change, current, sent } = thing();
    change({ billable: true });
    await edit({ name: 'Mine' });
    expect(current()).toMatchObject({ name: 'Mine', billable: true });
    expect(sent).toEqual([{ name: 'Mine' }]);
  });

  it('is made on top of it also when the change comes while it is sent, again and again', async () => {
    const { edit, change, current, beforeNextPatch } = thing();
    await edit({ billable: true });
    beforeNextPatch(() => {
      change({ billable: false });
      beforeNextPatch(() => change({ billable: true }));
    });
    await edit({ name: 'Mine' });
    expect(current()).toMatchObject({ name: 'Mine', billable: true });
  });

  it('asks when the same field was changed, and tells what it is now', async () => {
    const { edit, change, current } = thing();
    change({ name: 'Theirs', billable: true });
    const refusal = await edit({ name: 'Mine', billable: true }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConflictError);
    expect(refusal).toMatchObject({
      both: ['name'],
      theirs: { name: 'Theirs' },
      code: 'precondition_failed',
    });
    expect(current().name).toBe('Theirs');
  });

  it('is made if the caller has seen the newer version', async () => {
    const { edit, change, current } = thing();
    change({ name: 'Theirs' });
    await edit({ name: 'Mine' }).catch(() => undefined);
    await edit({ name: 'Mine' }, current());
    expect(current().name).toBe('Mine');
  });

  it('is done when the same was wanted, or it had arrived and the answer not', async () => {
    const { edit, change, sent } = thing();
    change({ name: 'Mine' });
    await expect(edit({ name: 'Mine' })).resolves.toMatchObject({ name: 'Mine' });
    expect(sent).toEqual([]);
  });
});

describe('merge', () => {
  it('knows that instants have more or fewer digits and that tags have no order', () => {
    const seen = { startedAt: '2026-01-05T09:00:00Z', tagIds: ['a', 'b'], description: '' };
    const theirs = { startedAt: '2026-01-05T09:00:00.000000Z', tagIds: ['b', 'a'], description: null };
    const changes = { startedAt: '2026-01-05T09:30:00Z', tagIds: ['a', 'b', 'c'], description: 'x' };
    expect(merge(seen, theirs, changes)).toEqual({ rest: changes, both: [] });
    expect(merge(seen, changes, changes)).toEqual({ rest: {}, both: [] });
  });
});
