import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { beginSession } from '@/api/session';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { AccountPage } from './account-page';

const ID = '01900000-0000-7000-8000-000000000777';
const error = (code: string) => ({ code, message: code, requestId: 'r-1' });

function days(count: number): string {
  return new Date(Date.now() + count * 86_400_000).toISOString();
}

let user: Schemas['SignedInUser'];
let exports: Schemas['DataExports'];
let preview: Schemas['AccountDeletion'];

function archive(state: string, changes: Partial<Schemas['DataExport']> = {}): Schemas['DataExport'] {
  return { id: ID, state, requestedAt: days(0), expiresAt: days(7), size: null, ...changes };
}

beforeEach(() => {
  const world = new World();
  world.me.authMode = 'accounts';
  world.serve();
  beginSession(world.me.user.id);
  user = {
    id: world.me.user.id,
    name: 'Ada',
    email: 'ada@example.org',
    emailVerified: true,
    administrator: false,
    hasPassword: true,
    secondFactor: false,
    recoveryCodesLeft: 0,
    signedInAt: days(0),
    recentUntil: days(0),
    deletionDueAt: null,
  };
  exports = { export: null, nextAt: null };
  preview = { dueAt: null, lastAdministrator: false, workspaces: [] };
  server.use(
    api.get('/api/auth/session', ({ response }) =>
      response(200).json({
        authMode: 'accounts',
        setupNeeded: false,
        passwords: true,
        providers: [],
        mail: false,
        user,
      }),
    ),
    api.get('/api/auth/sessions', ({ response }) => response(200).json([])),
    api.get('/api/auth/tokens', ({ response }) => response(200).json([])),
    api.get('/api/workspaces', ({ response }) => response(200).json([])),
    api.get('/api/auth/export', ({ response }) => response(200).json(exports)),
    api.get('/api/auth/deletion', ({ response }) => response(200).json(preview)),
  );
});

function section(name: string) {
  return within(screen.getByRole('region', { name }));
}

describe('the archive of the own data', () => {
  it('is requested after the password, written, and downloaded once it is there', async () => {
    let isRecent = false;
    const clicked: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      clicked.push(this.href);
    });
    server.use(
      api.post('/api/auth/confirm', ({ response }) => {
        isRecent = true;
        return response(200).json({
          authMode: 'accounts',
          setupNeeded: false,
          passwords: true,
          providers: [],
          mail: false,
          user,
        });
      }),
      api.post('/api/auth/export', ({ response }) => {
        if (!isRecent) return response(403).json(error('recent_sign_in_required'));
        exports = { export: archive('pending'), nextAt: days(1) };
        return response(202).json(exports);
      }),
    );
    const { user: person } = renderApp(<AccountPage />);
    await person.click(await screen.findByRole('button', { name: 'Request the archive' }));
    const question = await screen.findByRole('dialog', { name: 'Confirm your password' });
    await person.type(within(question).getByLabelText('Password'), 'right{Enter}');
    expect(await screen.findByText(/The archive is being written/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Request/ })).toBeNull();

    // The page finds out by itself.
    exports = { export: archive('ready', { size: 1_234_567 }), nextAt: days(1) };
    await person.click(await screen.findByRole('button', { name: 'Download the archive' }));
    expect(section('Your data').getByText(/The archive is ready \(1\.2 MB\)/)).toBeInTheDocument();
    expect(section('Your data').getByText(/You can request a new archive from/)).toBeInTheDocument();
    await waitFor(() =>
      expect(clicked).toEqual([expect.stringMatching(`/api/auth/export/${ID}/archive$`) as string]),
    );

    // A week later the page still shows it, and the server has it no more.
    exports = { export: null, nextAt: null };
    await person.click(screen.getByRole('button', { name: 'Download the archive' }));
    // Shown, and read to screen readers.
    expect(await screen.findAllByText('The archive is gone. Request a new one.')).not.toHaveLength(0);
    expect(clicked).toHaveLength(1);
    expect(await screen.findByRole('button', { name: 'Request the archive' })).toBeEnabled();
  });

  it('says why there is none, offers another one, and says what was refused', async () => {
    exports = { export: archive('failed'), nextAt: null };
    server.use(api.post('/api/auth/export', ({ response }) => response(429).json(error('rate_limited'))));
    const { user: person } = renderApp(<AccountPage />);
    expect(await screen.findByText(/larger than 256 MiB/)).toBeInTheDocument();
    await person.click(screen.getByRole('button', { name: 'Request a new archive' }));
    expect(await section('Your data').findByRole('alert')).toHaveTextContent('Too many requests');
  });
});

describe('the deletion of the account', () => {
  const dialog = () => screen.findByRole('dialog', { name: 'Delete your account?' });

  it('says first what stays and what goes, and is undone where it is shown', async () => {
    preview.workspaces = [
      { id: '1', name: 'Acme', fate: 'stays' },
      { id: '2', name: 'Alone', fate: 'deleted' },
    ];
    server.use(
      api.post('/api/auth/deletion', ({ response }) => {
        user = { ...user, deletionDueAt: days(7) };
        return response(202).json({ ...preview, dueAt: user.deletionDueAt });
      }),
      api.delete('/api/auth/deletion', ({ response }) => {
        user = { ...user, deletionDueAt: null };
        return response(204).empty();
      }),
    );
    const { user: person } = renderApp(<AccountPage />);
    await person.click(await screen.findByRole('button', { name: 'Delete account…' }));
    const shown = within(await dialog());
    expect(await shown.findByRole('list', { name: /entries stay/ })).toHaveTextContent(/^Acme$/);
    expect(shown.getByRole('list', { name: /deleted with everything/ })).toHaveTextContent(/^Alone$/);
    await person.click(shown.getByRole('button', { name: 'Delete my account' }));
    expect(await screen.findByText(/Your account will be deleted on/)).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Delete account…' })).toBeNull();
    await person.click(screen.getByRole('button', { name: 'Keep my account' }));
    expect(await screen.findByText('Your account stays.')).toHaveFocus();
    expect(screen.getByRole('button', { name: 'Delete account…' })).toBeEnabled();
  });

  it('is held back by a workspace that would have no owner, and by an installation without an administrator', async () => {
    preview = {
      dueAt: null,
      lastAdministrator: true,
      workspaces: [{ id: '1', name: 'Acme', fate: 'needs_owner' }],
    };
    const { user: person } = renderApp(<AccountPage />);
    await person.click(await screen.findByRole('button', { name: 'Delete account…' }));
    const shown = within(await dialog());
    expect(await shown.findByRole('list', { name: /no owner/ })).toHaveTextContent(/^Acme$/);
    expect(shown.getByText(/only administrator/)).toBeInTheDocument();
    expect(shown.getByRole('button', { name: 'Delete my account' })).toBeDisabled();
  });

  it('stays as it is when it is refused, and looks again at what holds it back', async () => {
    server.use(
      api.post('/api/auth/deletion', ({ response }) => {
        preview = { ...preview, workspaces: [{ id: '1', name: 'Acme', fate: 'needs_owner' }] };
        return response(409).json(error('last_owner'));
      }),
    );
    const { user: person } = renderApp(<AccountPage />);
    await person.click(await screen.findByRole('button', { name: 'Delete account…' }));
    const shown = within(await dialog());
    const submit = shown.getByRole('button', { name: 'Delete my account' });
    await waitFor(() => expect(submit).toBeEnabled());
    await person.click(submit);
    expect(await shown.findByText(/The workspace needs an owner/)).toBeInTheDocument();
    expect(await shown.findByRole('list', { name: /no owner/ })).toBeInTheDocument();
    expect(submit).toBeDisabled();
  });
});
