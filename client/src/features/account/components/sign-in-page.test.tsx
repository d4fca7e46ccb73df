import { screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { currentSession, endSession, sessionState } from '@/api/session';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { SignInPage } from './sign-in-page';

const ADA = '01900000-0000-7000-8000-00000000000a';

function authSession(more: Partial<Schemas['AuthSession']> = {}): Schemas['AuthSession'] {
  return {
    authMode: 'accounts',
    setupNeeded: false,
    passwords: true,
    providers: [],
    mail: true,
    user: null,
    ...more,
  };
}

const user: Schemas['SignedInUser'] = {
  id: ADA,
  name: 'Ada',
  email: 'ada@example.org',
  emailVerified: true,
  administrator: true,
  hasPassword: true,
  secondFactor: true,
  recoveryCodesLeft: 10,
  signedInAt: '2026-01-05T08:00:00Z',
  recentUntil: '2026-01-05T08:10:00Z',
  deletionDueAt: null,
};

function show(told: Schemas['AuthSession'], error?: string) {
  server.use(api.get('/api/auth/session', ({ response }) => response(200).json(told)));
  const onSetup = vi.fn();
  const onSignedIn = vi.fn();
  const page = renderApp(
    <SignInPage place="/projects" {...(error ? { error } : {})} onSetup={onSetup} onSignedIn={onSignedIn} />,
  );
  return { ...page, onSetup, onSignedIn };
}

/** Answers in this order; what was sent each time. */
function answers(...list: ((sent: Schemas['SignIn']) => Response)[]): Schemas['SignIn'][] {
  const sent: Schemas['SignIn'][] = [];
  server.use(
    api.post('/api/auth/sign-in', async ({ request, response }) => {
      const asked = await request.json();
      sent.push(asked);
      const answer = list[sent.length - 1] ?? expect.fail('one request too many');
      return response.untyped(answer(asked));
    }),
  );
  return sent;
}

const refuse =
  (status: number, code: string, headers: Record<string, string> = {}) =>
  () =>
    Response.json({ code, message: code, requestId: 'r-1' }, { status, headers });

describe('the sign-in page', () => {
  beforeEach(() => {
    localStorage.clear();
    endSession(currentSession(), 'signed-out');
  });
  afterEach(() => localStorage.clear());

  it('asks for a code when there is a second factor, and keeps what was typed through every refusal', async () => {
    const page = show(authSession());
    const sent = answers(
      refuse(401, 'wrong_credentials'),
      refuse(401, 'code_required'),
      refuse(401, 'wrong_code'),
      () => Response.json(authSession({ user })),
    );
    const email = await screen.findByLabelText('E-mail address');
    expect(email).toHaveFocus();
    expect(email).toHaveAttribute('autocomplete', 'username');
    const password = screen.getByLabelText('Password');
    expect(password).toHaveAttribute('autocomplete', 'current-password');
    await page.user.type(email, 'ada@example.org');
    await page.user.type(password, 'wrong{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The e-mail address or the password is wrong.',
    );
    expect(password).toBeInvalid();
    expect(email).toHaveValue('ada@example.org');
    await page.user.clear(password);
    await page.user.type(password, 'right{Enter}');
    const code = await screen.findByLabelText('Code of your authenticator app');
    expect(code).toHaveFocus();
    expect(code).toHaveAttribute('autocomplete', 'one-time-code');
    await page.user.type(code, '123456{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('This code is wrong, or was used before.');
    await page.user.click(screen.getByRole('button', { name: 'Use a recovery code' }));
    await page.user.type(screen.getByLabelText('Recovery code'), 'abcd-efgh-ijkl-mnop{Enter}');
    await waitFor(() => expect(sessionState()).toMatchObject({ access: 'app', session: { owner: ADA } }));
    expect(sent.at(-1)).toEqual({ email: 'ada@example.org', password: 'right', code: 'abcd-efgh-ijkl-mnop' });
    await waitFor(() => expect(page.onSignedIn).toHaveBeenCalled());
  });

  it('says how long to wait after too many attempts, and waits', async () => {
    const page = show(authSession());
    answers(refuse(429, 'too_many_attempts', { 'Retry-After': '125' }));
    await page.user.type(await screen.findByLabelText('E-mail address'), 'ada@example.org');
    await page.user.type(screen.getByLabelText('Password'), 'wrong{Enter}');
    expect(await screen.findByText(/Try again in 2:0[45]/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Sign in' })).toBeDisabled();
    // Enter does no more than the button.
    await page.user.type(screen.getByLabelText('Password'), '{Enter}');
  });

  it('offers what the server offers, and says why a provider has sent the user back', async () => {
    const told = authSession({ passwords: false, providers: [{ name: 'acme', label: 'Acme ID' }] });
    const page = show(told, 'sign_on_no_account');
    let asked: unknown;
    server.use(
      api.post('/api/auth/sign-on', async ({ request, response }) => {
        asked = await request.json();
        return response.untyped(
          Response.json({ code: 'sign_on_failed', message: '', requestId: 'r-1' }, { status: 502 }),
        );
      }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(/^You have no account here/);
    expect(screen.queryByLabelText('Password')).toBeNull();
    expect(screen.queryByText('Forgot your password?')).toBeNull();
    await page.user.click(screen.getByRole('button', { name: 'Continue with Acme ID' }));
    expect(await screen.findByText(/Single sign-on did not work/)).toBeInTheDocument();
    expect(asked).toEqual({ provider: 'acme', returnTo: '/projects' });
  });

  it('leads on when there is nothing to sign in to, and to the set-up when that comes first', async () => {
    const open = show(authSession({ authMode: 'none' }));
    await waitFor(() => expect(open.onSignedIn).toHaveBeenCalled());
    open.unmount();
    const empty = show(authSession({ setupNeeded: true }));
    await waitFor(() => expect(empty.onSetup).toHaveBeenCalled());
    expect(screen.queryByLabelText('Password')).toBeNull();
  });
});
