import { afterEach, describe, expect, it, vi } from 'vitest';
import { server } from '@/testing/server';
import { World } from '@/testing/world';
// eslint-disable-next-line no-restricted-imports
import script from '../../public/early.js?raw';
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

it('is asked for in the workspace of the tab, when that is of the same user', () => {
  const asked: string[] = [];
  vi.spyOn(document, 'currentScript', 'get').mockReturnValue(
    Object.assign(document.createElement('script'), { src: `${window.location.origin}/early.js` }),
  );
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(new URL(url).pathname);
    return Promise.resolve(new Response());
  });
  const note = (storage: Storage, user: string, workspace: string) =>
    storage.setItem('clockwork.session.1 ', JSON.stringify({ state: 'in', user, workspace }));
  const first = () => {
    asked.length = 0;
    window.eval(script);
    return asked[0];
  };
  note(localStorage, 'ada', 'w-1');
  expect(first()).toBe('/api/workspaces/w-1/me');
  note(sessionStorage, 'ada', 'w-2');
  expect(first()).toBe('/api/workspaces/w-2/me');
  note(sessionStorage, 'bea', 'w-3');
  expect(first()).toBe('/api/workspaces/w-1/me');
  vi.unstubAllGlobals();
  delete window.clockworkEarly;
});
