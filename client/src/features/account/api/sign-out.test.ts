import { expect, it, vi } from 'vitest';
import { beginSession, sessionState } from '@/api/session';
import { api, server } from '@/testing/server';
import { signOut } from './sign-out';

it('goes on to the page of the provider that has vouched for the user, once the session has ended here', async () => {
  const went: string[] = [];
  vi.stubGlobal('location', { ...window.location, assign: (to: string) => went.push(to) });
  const location = 'https://id.example.org/end?client_id=clockwork';
  let departs = true;
  server.use(
    api.post('/api/auth/sign-out', ({ response }) =>
      departs ? response(200).json({ location }) : response(204).empty(),
    ),
  );
  beginSession('01900000-0000-7000-8000-000000000001');
  await signOut();
  expect(sessionState()).toMatchObject({ access: 'sign-in', ended: 'signed-out' });
  expect(went).toEqual([location]);

  departs = false;
  beginSession('01900000-0000-7000-8000-000000000001');
  await signOut();
  expect(sessionState().access).toBe('sign-in');
  expect(went).toHaveLength(1);
});
