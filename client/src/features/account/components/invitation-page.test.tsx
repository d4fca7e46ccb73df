import { screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { beginSession, currentSession, endSession } from '@/api/session';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { InvitationPage } from './invitation-page';

const GRACE = '01900000-0000-7000-8000-00000000000a';
const WORKSPACE = '01900000-0000-7000-8000-00000000000b';

const error = (code: string) => ({ code, message: code, requestId: 'r-1' });

const grace: Schemas['SignedInUser'] = {
  id: GRACE,
  name: 'Grace',
  email: 'grace@example.org',
  emailVerified: true,
  administrator: false,
  hasPassword: true,
  secondFactor: false,
  recoveryCodesLeft: 0,
  signedInAt: '2026-01-05T08:00:00Z',
  recentUntil: '2026-01-05T08:10:00Z',
  deletionDueAt: null,
};

interface World {
  user?: Schemas['SignedInUser'] | null;
  /** Whether the invited address has an account. */
  hasAccount?: boolean;
  more?: Partial<Schemas['AuthSession']>;
  /** Whether the link was used before. */
  isUsed?: boolean;
}

/** Opens the link on a server that keeps what it was asked to do. */
function follow({ user = null, hasAccount = false, more = {}, isUsed = false }: World = {}) {
  const told: Schemas['AuthSession'] = {
    authMode: 'accounts',
    setupNeeded: false,
    passwords: true,
    providers: [],
    mail: true,
    user,
    ...more,
  };
  const sent: unknown[] = [];
  server.use(
    api.get('/api/auth/session', ({ response }) => response(200).json(told)),
    api.post('/api/auth/invitation', async ({ request, response }) => {
      const { token } = await request.json();
      if (token !== 'secret' || isUsed) return response(403).json(error('token_refused'));
      const address = { email: 'grace@example.org', role: 'manager', hasAccount };
      return response(200).json({ workspace: 'Navy', inviter: 'Ada', ...address });
    }),
    api.post('/api/auth/sign-up', async ({ request, response }) => {
      const asked = await request.json();
      sent.push(asked);
      if (asked.password === 'short')
        return response(400).json({
          ...error('invalid_password'),
          fields: [{ field: 'password', code: 'too_short', message: 'must have at least 12 characters' }],
        });
      return response(201).json({ ...told, user: grace });
    }),
    api.post('/api/account/invitations/accept', async ({ request, response }) => {
      sent.push(await request.json());
      const timeZone = null;
      return response(200).json({
        id: WORKSPACE,
        name: 'Navy',
        timeZone,
        role: 'manager',
        createdAt: '2026-01-05T08:00:00Z',
      });
    }),
  );
  window.history.replaceState(null, '', '/invitation#token=secret');
  return { sent, ...renderApp(<InvitationPage />) };
}

describe('the page of an invitation', () => {
  beforeEach(() => {
    localStorage.clear();
    sessionStorage.clear();
    endSession(currentSession(), 'signed-out');
  });

  it('makes an account for the invited address, and keeps what was typed when it is refused', async () => {
    const { sent, user } = follow();
    expect(await screen.findByText(/Ada invites you to Navy\. Your role: Manager\./)).toBeVisible();
    expect(window.location.hash).toBe('');
    const email = screen.getByLabelText('E-mail address');
    expect(email).toHaveValue('grace@example.org');
    expect(email).toHaveAttribute('readonly');
    expect(email).toHaveAttribute('autocomplete', 'username');
    const name = screen.getByLabelText('Your name');
    expect(name).toHaveFocus();
    const password = screen.getByLabelText('Password');
    expect(password).toHaveAttribute('autocomplete', 'new-password');
    await user.type(name, ' Grace ');
    await user.type(password, 'short{Enter}');
    await waitFor(() => expect(password).toBeInvalid());
    expect(name).toHaveValue(' Grace ');
    await user.clear(password);
    await user.type(password, 'seven grey herons{Enter}');
    await waitFor(() => expect(currentSession().owner).toBe(GRACE));
    expect(sent.at(-1)).toEqual({ token: 'secret', name: 'Grace', password: 'seven grey herons' });
  });

  it('leads to the sign-in page where there is an account, and keeps the link for the way back', async () => {
    follow({ hasAccount: true });
    const link = await screen.findByRole('link', { name: 'Sign in' });
    expect(link).toHaveAttribute('href', '/sign-in?to=%2Finvitation');
    expect(screen.queryByLabelText('Password')).toBeNull();
    expect(sessionStorage.getItem('clockwork.invitation')).toBe('secret');
  });

  it('offers providers alone where the server has no passwords', async () => {
    follow({ more: { passwords: false, providers: [{ name: 'corp', label: 'Corp' }] } });
    expect(await screen.findByRole('button', { name: 'Continue with Corp' })).toBeVisible();
    expect(screen.queryByLabelText('Password')).toBeNull();
    expect(screen.queryByRole('link', { name: 'Sign in' })).toBeNull();
  });

  it('accepts for the invited user by a click, and opens that workspace', async () => {
    beginSession(GRACE);
    const { sent, user } = follow({ user: { ...grace, email: 'GRACE@example.org' }, hasAccount: true });
    const join = await screen.findByRole('button', { name: 'Join the workspace' });
    expect(sent).toEqual([]);
    await user.click(join);
    await waitFor(() => expect(currentSession().workspace).toBe(WORKSPACE));
    expect(sent).toEqual([{ token: 'secret' }]);
    await waitFor(() => expect(sessionStorage.getItem('clockwork.invitation')).toBeNull());
  });

  it('tells another user whom the invitation is for', async () => {
    beginSession(GRACE);
    const { sent } = follow({ user: { ...grace, email: 'eve@example.org' } });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The invitation is for grace@example.org. You are signed in as eve@example.org.',
    );
    expect(screen.getByRole('button', { name: 'Sign out' })).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Join the workspace' })).toBeNull();
    expect(sent).toEqual([]);
  });

  it('opens the workspace again for the user who has joined by it', async () => {
    beginSession(GRACE);
    follow({ user: grace, isUsed: true });
    await waitFor(() => expect(currentSession().workspace).toBe(WORKSPACE));
  });

  it('says that a link is of no use', async () => {
    follow({ isUsed: true });
    expect(await screen.findByRole('heading', { name: "This invitation doesn't work" })).toHaveFocus();
    expect(screen.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/sign-in');
    expect(sessionStorage.getItem('clockwork.invitation')).toBeNull();
  });
});
