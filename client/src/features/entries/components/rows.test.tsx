import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { beginSession, chooseWorkspace, currentSession, endSession } from '@/api/session';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { Page, row, workspace } from '../testing';

const BEA = '01900000-0000-7000-8000-00000000000b';

afterEach(() => {
  endSession(currentSession(), 'signed-out');
  chooseWorkspace(null);
});

it('deletes one entry by a key that is held, and not its neighbours', async () => {
  const { world, night } = workspace();
  renderApp(<Page />);
  const planning = await screen.findByRole('listitem', { name: 'Planning' });
  act(() => planning.focus());
  fireEvent.keyDown(planning, { key: 'Delete' });
  const release = await screen.findByRole('listitem', { name: 'Release' });
  await waitFor(() => expect(release).toHaveFocus());
  for (let times = 0; times < 5; times += 1) fireEvent.keyDown(release, { key: 'Delete', repeat: true });
  await waitFor(() => expect(world.log).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(world.entries).toEqual([night]);

  fireEvent.keyDown(release, { key: 'Delete' });
  await waitFor(() => expect(world.entries).toEqual([]));
});

it("copies one's own entries to today, by menu and key, and those of others neither way", async () => {
  const { world, design } = workspace();
  beginSession(world.me.user.id);
  for (const entry of world.entries) entry.userId = world.me.user.id;
  world.entry(design, '2026-01-06T12:00:00Z', '2026-01-06T13:00:00Z', { description: 'Of Bea', userId: BEA });
  server.use(api.get('/api/members', ({ response }) => response(200).json([])));
  const { user } = renderApp(<Page initial={{ member: 'all' }} />);
  const copies = () => world.log.filter((asked) => asked === 'POST /api/time/entries');

  const planning = await screen.findByRole('listitem', { name: 'Planning' });
  act(() => planning.focus());
  await user.keyboard('y');
  await waitFor(() => expect(copies()).toHaveLength(1));

  const others = screen.getByRole('listitem', { name: 'Of Bea' });
  act(() => others.focus());
  await user.keyboard('y');
  await user.click((await row('Of Bea')).getByRole('button', { name: 'More for Of Bea' }));
  const item = await screen.findByRole('menuitem', { name: 'Copy to today' });
  expect(item).toHaveAttribute('aria-disabled', 'true');
  // A duplicate is the owner's, so that it is on offer.
  expect(screen.getByRole('menuitem', { name: 'Duplicate' })).not.toHaveAttribute('aria-disabled', 'true');
  await user.click(item);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(copies()).toHaveLength(1);
});
