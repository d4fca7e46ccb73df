import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { recallInTab, remember, rememberInTab } from '@/lib/storage';
import { ownPath } from '@/lib/public-pages';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { body, http } from './http';
import { keys } from './keys';
import {
  beginSession,
  chooseWorkspace,
  currentSession,
  endSession,
  onSessionEnding,
  sessionState,
} from './session';
import type { Me } from './types';
// The contract of the server.
// eslint-disable-next-line no-restricted-imports
import contract from '../../../docs/openapi.json?raw';

const KEY = 'clockwork.session.1 ';
const ADA = '01900000-0000-7000-8000-00000000000a';
const BEA = '01900000-0000-7000-8000-00000000000b';
const note = () => JSON.parse(localStorage.getItem(KEY) ?? 'null') as unknown;

/** What another tab has written, as this one hears of it. */
function fromAnotherTab(value: object): void {
  remember(KEY, JSON.stringify(value));
  window.dispatchEvent(new StorageEvent('storage', { key: KEY }));
}

describe('a session', () => {
  beforeEach(() => beginSession(ADA));
  afterEach(() => {
    endSession(currentSession(), 'signed-out');
    chooseWorkspace(null);
    localStorage.clear();
    sessionStorage.clear();
  });

  it('has a cache of its own, of which nothing is left when it ends', async () => {
    const { client } = currentSession();
    client.setQueryData(keys.tags, [{ name: 'of Ada' }]);
    endSession(currentSession(), 'ended');
    expect(sessionState()).toMatchObject({ access: 'sign-in', ended: 'ended' });
    expect(currentSession().client.getQueryData(keys.tags)).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve));
    expect(client.getQueryData(keys.tags)).toBeUndefined();
  });

  it('ends with the first answer that says so; nothing that was asked for in it is answered, or fails', async () => {
    server.use(
      api.get('/api/tags', ({ response }) =>
        response(401).json({ code: 'unauthenticated', message: 'Sign in.', requestId: 'r-1' }),
      ),
    );
    let settled = false;
    const session = currentSession();
    const end = () => {
      settled = true;
    };
    body(http.GET('/api/tags')).then(end, end);
    await expect.poll(() => sessionState().access).toBe('sign-in');
    expect(currentSession()).not.toBe(session);
    expect(settled).toBe(false);
  });

  it('does not end by a wrong password, nor by an answer to the session before it', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    server.use(
      api.post('/api/auth/confirm', ({ response }) =>
        response(401).json({ code: 'wrong_credentials', message: 'Wrong.', requestId: 'r-1' }),
      ),
      api.get('/api/tags', async ({ response }) => {
        await held;
        return response(401).json({ code: 'unauthenticated', message: 'Sign in.', requestId: 'r-2' });
      }),
    );
    await expect(body(http.POST('/api/auth/confirm', { body: { password: 'x' } }))).rejects.toMatchObject({
      code: 'wrong_credentials',
    });
    expect(sessionState().access).toBe('app');
    let isAnswered = false;
    server.events.on('response:mocked', ({ request }) => {
      isAnswered ||= request.url.endsWith('/api/tags');
    });
    void http.GET('/api/tags');
    beginSession(ADA, 'replaced');
    answer();
    await expect.poll(() => isAnswered).toBe(true);
    await new Promise((resolve) => setTimeout(resolve));
    expect(sessionState().access).toBe('app');
  });

  it('is told before it ends, while everything is there', () => {
    currentSession().client.setQueryData(keys.tags, ['there']);
    const seen: unknown[] = [];
    const stop = onSessionEnding(() => seen.push(currentSession().client.getQueryData(keys.tags)));
    endSession(currentSession(), 'ended');
    endSession(currentSession(), 'ended');
    stop();
    expect(seen).toEqual([['there']]);
  });

  it('leads its user back to their workspace after it was ended, and another user to none of it', () => {
    chooseWorkspace(BEA);
    expect(currentSession().path('/api/tags')).toBe(`/api/workspaces/${BEA}/tags`);
    expect(currentSession().path('/api/auth/session')).toBe('/api/auth/session');
    expect(currentSession().path('/api/workspaces')).toBe('/api/workspaces');
    endSession(currentSession(), 'ended');
    beginSession(ADA);
    expect(currentSession().workspace).toBe(BEA);
    endSession(currentSession(), 'ended');
    beginSession(BEA);
    expect(currentSession().workspace).toBeNull();
    endSession(currentSession(), 'signed-out');
    expect(note()).toEqual({ state: 'out' });
  });

  it('asks of its workspace for exactly the operations that the contract has in one', () => {
    const scope = '/api/workspaces/{workspaceId}';
    const { paths } = JSON.parse(contract) as { paths: object };
    const unscoped = Object.keys(paths).filter((path) => !path.startsWith(scope));
    expect(unscoped.length).toBeGreaterThan(80);
    chooseWorkspace(BEA);
    expect(Object.fromEntries(unscoped.map((path) => [path, currentSession().path(path)]))).toEqual(
      Object.fromEntries(
        unscoped.map((path) => {
          const inScope = path.replace('/api', scope);
          return [path, inScope in paths ? inScope.replace('{workspaceId}', BEA) : path];
        }),
      ),
    );
  });

  it('is another one when another tab signs another user in, and when the server says that it is', async () => {
    const { client } = currentSession();
    fromAnotherTab({ state: 'in', user: ADA });
    expect(currentSession().client).toBe(client);
    fromAnotherTab({ state: 'in', user: BEA });
    expect(currentSession()).toMatchObject({ owner: BEA });
    fromAnotherTab({ state: 'out' });
    expect(sessionState().access).toBe('sign-in');
    fromAnotherTab({ state: 'in', user: BEA });
    expect(sessionState()).toMatchObject({ access: 'app', session: { owner: BEA } });
    // The cookie is Ada's, whatever this page believes.
    const world = new World();
    const me: Me = { ...world.me, authMode: 'accounts', user: { ...world.me.user, id: ADA } };
    const before = currentSession();
    await before.client.fetchQuery({ queryKey: keys.me, queryFn: () => me });
    expect(currentSession()).not.toBe(before);
    expect(currentSession().owner).toBe(ADA);
  });

  it('without accounts is no one in particular', async () => {
    endSession(currentSession(), 'signed-out');
    localStorage.clear();
    chooseWorkspace(null);
    const { me } = new World();
    await currentSession().client.fetchQuery({ queryKey: keys.me, queryFn: () => me });
    expect(currentSession().owner).toBeNull();
    expect(note()).toEqual({ state: 'none', workspace: null });
  });
});

describe('the place to come back to', () => {
  it.each(['/', '/projects?archived=true', '/projects/0190#x'])('%s is on this site', (path) => {
    expect(ownPath(path)).toBe(path);
  });
  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/a//b',
    '/\t/evil.example',
    '',
    undefined,
    7,
    '/sign-in?to=/',
    '/reset',
  ])('%j is none', (path) => {
    expect(ownPath(path)).toBeUndefined();
  });
});

it('a draft is there again for its user only, and goes with the sign-out', async () => {
  await import('@/features/timer/hooks/use-draft');
  beginSession(ADA);
  rememberInTab(`clockwork.draft.1 ${ADA}`, '{}');
  endSession(currentSession(), 'ended');
  expect(recallInTab(`clockwork.draft.1 ${ADA}`)).toBe('{}');
  beginSession(ADA);
  endSession(currentSession(), 'signed-out');
  expect(recallInTab(`clockwork.draft.1 ${ADA}`)).toBeNull();
});

// The modules of the tests before are others after it.
it('stays in the workspace of its tab after a reload, whichever another tab has chosen', async () => {
  const reload = async () => {
    vi.resetModules();
    return (await import('./session')).currentSession().workspace;
  };
  beginSession(ADA);
  chooseWorkspace(BEA);
  fromAnotherTab({ state: 'in', user: ADA, workspace: ADA });
  expect(await reload()).toBe(BEA);
  // A tab that has chosen none begins where the last one was.
  sessionStorage.clear();
  expect(await reload()).toBe(ADA);
  // Another user's tab was none of this one's.
  chooseWorkspace(BEA);
  remember(KEY, JSON.stringify({ state: 'in', user: BEA, workspace: null }));
  expect(await reload()).toBeNull();
  // Without accounts there is no user to compare.
  remember(KEY, JSON.stringify({ state: 'none', workspace: ADA }));
  rememberInTab(KEY, JSON.stringify({ state: 'none', user: null, workspace: BEA }));
  expect(await reload()).toBe(BEA);
  // Nor is a tab whose session another one has ended.
  beginSession(ADA);
  chooseWorkspace(BEA);
  fromAnotherTab({ state: 'out' });
  remember(KEY, JSON.stringify({ state: 'in', user: ADA, workspace: null }));
  expect(await reload()).toBeNull();
});
