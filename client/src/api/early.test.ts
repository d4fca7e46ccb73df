import { afterEach, describe, expect, it } from 'vitest';
import { server } from '@/testing/server';
import { World } from '@/testing/world';
import { body, http } from './http';

function early(path: string, response: Response, sent = Date.now()) {
  window.clockworkEarly = {
    [`${window.location.origin}${path}`]: { sent, answer: Promise.resolve({ response, received: sent + 1 }) },
  };
}

describe('what was asked for early', () => {
  afterEach(() => {
    delete window.clockworkEarly;
  });

  const set = () => {
    new World().serve();
    const asked: string[] = [];
    server.events.on('request:start', ({ request }) => asked.push(new URL(request.url).pathname));
    return asked;
  };

  it('is not asked for again, and only once taken', async () => {
    const asked = set();
    early('/api/tags', Response.json([{ id: 'a', name: 'Early' }]));
    expect(await body(http.GET('/api/tags'))).toMatchObject([{ name: 'Early' }]);
    expect(asked).toEqual([]);
    expect(await body(http.GET('/api/tags'))).toEqual([]);
    expect(asked).toEqual(['/api/tags']);
  });

  it.each([
    ['an error', () => early('/api/tags', Response.json({}, { status: 503 }))],
    ['an old answer', () => early('/api/tags', Response.json([{ id: 'a' }]), Date.now() - 60_000)],
    ['another question', () => early('/api/tags?limit=1', Response.json([{ id: 'a' }]))],
  ])('is asked for anew after %s', async (_what, given) => {
    const asked = set();
    given();
    expect(await body(http.GET('/api/tags'))).toEqual([]);
    expect(asked).toEqual(['/api/tags']);
  });
});
