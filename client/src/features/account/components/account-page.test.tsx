import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { beginSession, currentSession } from '@/api/session';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { AccountPage } from './account-page';

const error = (code: string) => ({ code, message: code, requestId: 'r-1' });

/** A server that asks for the password before it makes a token. */
function serve(more: Partial<Schemas['SignedInUser']> = {}) {
  const world = new World();
  world.me.authMode = 'accounts';
  world.serve();
  beginSession(world.me.user.id);
  const user: Schemas['SignedInUser'] = {
    id: world.me.user.id,
    name: 'Ada',
    email: 'ada@example.org',
    emailVerified: true,
    administrator: false,
    hasPassword: true,
    secondFactor: false,
    recoveryCodesLeft: 0,
    signedInAt: '2026-01-05T08:00:00Z',
    recentUntil: '2026-01-05T08:10:00Z',
    deletionDueAt: null,
    ...more,
  };
  const told: Schemas['AuthSession'] = {
    authMode: 'accounts',
    setupNeeded: false,
    passwords: true,
    providers: [],
    mail: true,
    user,
  };
  const asked: unknown[] = [];
  let isRecent = false;
  server.use(
    api.get('/api/auth/session', ({ response }) => response(200).json(told)),
    api.get('/api/auth/sessions', ({ response }) => response(200).json([])),
    api.get('/api/auth/tokens', ({ response }) => response(200).json([])),
    api.get('/api/workspaces', ({ response }) => response(200).json([])),
    api.post('/api/auth/confirm', async ({ request, response }) => {
      const { password, code } = await request.json();
      asked.push({ password, code });
      if (password !== 'right') return response(401).json(error('wrong_credentials'));
      if (user.secondFactor && code !== '123456')
        return response(401).json(error(code ? 'wrong_code' : 'code_required'));
      isRecent = true;
      return response(200).json(told);
    }),
    api.post('/api/auth/tokens', async ({ request, response }) => {
      if (!isRecent) return response(403).json(error('recent_sign_in_required'));
      const { name, scope } = await request.json();
      const token = {
        id: user.id,
        name,
        scope,
        workspaceId: null,
        createdAt: '2026-01-05T08:00:00Z',
        expiresAt: null,
        lastUsedAt: null,
      };
      return response(201).json({ secret: 'cwk_secret', token });
    }),
  );
  return { asked, ...renderApp(<AccountPage />) };
}

async function newToken(user: ReturnType<typeof renderApp>['user']) {
  await user.click(await screen.findByRole('button', { name: 'New token' }));
  await user.type(await screen.findByLabelText('Name'), 'Script');
  await user.click(screen.getByRole('button', { name: 'Create the token' }));
}

describe('a change that needs a recent sign-in', () => {
  beforeEach(() => localStorage.clear());

  it('asks for the password above its form, with a code where there is one, and is then made', async () => {
    const { user, asked } = serve({ secondFactor: true });
    await newToken(user);
    const question = await screen.findByRole('dialog', { name: 'Confirm your password' });
    await user.type(within(question).getByLabelText('Password'), 'wrong{Enter}');
    expect(await within(question).findByRole('alert')).toHaveTextContent('The password is wrong.');
    await user.clear(within(question).getByLabelText('Password'));
    await user.type(within(question).getByLabelText('Password'), 'right{Enter}');
    await user.type(
      await within(question).findByLabelText('Code of your authenticator app'),
      '123456{Enter}',
    );
    expect(await screen.findByText('cwk_secret')).toBeInTheDocument();
    expect(asked.at(-1)).toEqual({ password: 'right', code: '123456' });
    expect(screen.queryByLabelText('Name')).toBeNull();
  });

  it('stays as it was typed when the question is cancelled', async () => {
    const { user } = serve();
    await newToken(user);
    const question = await screen.findByRole('dialog', { name: 'Confirm your password' });
    await user.click(within(question).getByRole('button', { name: 'Cancel' }));
    expect(await screen.findByText(/Nothing was changed/)).toBeInTheDocument();
    expect(screen.getByLabelText('Name')).toHaveValue('Script');
    expect(screen.queryByText('cwk_secret')).toBeNull();
  });

  it('sends an address to confirm where there is no mail, and says where the link went where there is', async () => {
    const { user } = serve();
    const sent: string[] = [];
    server.use(
      api.post('/api/auth/address', async ({ request, response }) => {
        sent.push((await request.json()).email);
        return sent.length === 1
          ? response(409).json(error('email_taken'))
          : response(202).json({ mailed: true, token: null });
      }),
    );
    const field = await screen.findByLabelText('New e-mail address');
    await user.type(field, 'taken@example.org{Enter}');
    expect(await screen.findByText('Another account has this e-mail address.')).toBeInTheDocument();
    expect(field).toHaveValue('taken@example.org');
    await user.clear(field);
    await user.type(field, 'new@example.org{Enter}');
    expect(await screen.findByText(/A link is on its way to new@example.org/)).toBeInTheDocument();
    await waitFor(() => expect(field).toHaveValue(''));
    expect(currentSession().owner).not.toBeNull();
  });
});
