import { screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Schemas } from '@/api/types';
import { setPreferences } from '@/lib/preferences';
import { showLanguage } from '@/messages/language';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { AuditLogPage } from './audit-log-page';

const GRACE = '01900000-0000-7000-8000-00000000aaa1';
let world: World;

beforeEach(() => {
  world = new World();
  world.me = { ...world.me, authMode: 'builtin' };
  const project = world.project('Site');
  world.serve();
  server.use(
    api.get('/api/members', ({ response }) =>
      response(200).json([
        {
          id: GRACE,
          name: 'Grace',
          email: null,
          role: 'member',
          joinedAt: '2026-01-05T08:00:00Z',
          leftAt: null,
          placeholder: false,
          claimedBy: null,
          revision: 1,
        },
      ]),
    ),
    api.get('/api/audit-log', ({ response }) =>
      response(200).json([
        {
          id: '01900000-0000-7000-8000-00000000ccc1',
          at: '2026-02-03T13:05:09Z',
          action: 'project.privacy_changed',
          actor: 'session',
          userId: GRACE,
          object: 'project',
          objectId: project.id,
          details: { before: false, after: true },
          address: null,
          requestId: null,
        } as unknown as Schemas['AuditLogLine'],
      ]),
    ),
  );
});

afterEach(async () => {
  setPreferences({ clock: 'auto' });
  await showLanguage('en');
});

it('says who did what in a sentence, with the time by the clock that was chosen', async () => {
  setPreferences({ clock: 'h12' });
  renderApp(<AuditLogPage />);
  const line = await screen.findByRole('listitem');
  expect(line).toHaveTextContent(/^Grace made Site private3 Feb 2026, 2:05:09\spm$/i);
});

it('is a sentence in German as well', async () => {
  await showLanguage('de');
  renderApp(<AuditLogPage />);
  expect(await screen.findByRole('listitem')).toHaveTextContent(/^Grace hat Site privat gemacht/);
});

it('calls nobody a former user while it does not know the members', async () => {
  server.use(
    api.get('/api/members', ({ response }) =>
      response(403).json({ code: 'forbidden', message: 'Not for you.', requestId: 'r-7' }),
    ),
  );
  renderApp(<AuditLogPage />);
  expect(await screen.findByText('Error ID r-7')).toBeInTheDocument();
  expect(screen.queryByText(/former user/)).not.toBeInTheDocument();
});
