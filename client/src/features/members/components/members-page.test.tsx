import { screen, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import { beginSession, currentSession } from '@/api/session';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { MembersPage } from './members-page';

const OTHER = '01900000-0000-7000-8000-00000000bbb1';
let members: Schemas['Member'][];
let world: World;

beforeEach(() => {
  world = new World();
  world.me = { ...world.me, authMode: 'builtin' };
  const member = (id: string, name: string, role: string, more: Partial<Schemas['Member']> = {}) => ({
    id,
    name,
    email: `${name.toLowerCase()}@example.org`,
    role,
    joinedAt: '2026-01-05T08:00:00Z',
    leftAt: null,
    placeholder: false,
    claimedBy: null,
    revision: 1,
    ...more,
  });
  members = [
    member(world.me.user.id, 'Ada', 'owner'),
    member('01900000-0000-7000-8000-00000000aaa1', 'Grace', 'member'),
    member('01900000-0000-7000-8000-00000000aaa2', 'Imported', 'member', { placeholder: true }),
  ];
  world.serve();
  server.use(
    api.get('/api/members', ({ response }) => response(200).json(members)),
    api.get('/api/invitations', ({ response }) => response(200).json([])),
    api.get('/api/workspaces', ({ response }) =>
      response(200).json(
        [world.me.workspace, { id: OTHER, name: 'Other', timeZone: 'UTC' }].map((workspace) => ({
          ...workspace,
          role: 'owner',
          createdAt: '2026-01-05T08:00:00Z',
        })),
      ),
    ),
  );
});

describe('members', () => {
  it('have another role only after a question, and no arrow key changes anything', async () => {
    const sent: unknown[] = [];
    server.use(
      api.patch('/api/members/{memberId}', async ({ request, response }) => {
        sent.push(await request.json());
        const changed = { ...(members[1] ?? expect.fail()), role: 'manager', revision: 2 };
        members = members.map((one) => (one.id === changed.id ? changed : one));
        return response(200).json(changed);
      }),
    );
    const { user } = renderApp(<MembersPage />);
    const role = await screen.findByRole('button', { name: 'Role of Grace: Member' });
    role.focus();
    await user.keyboard('{ArrowDown}');
    await user.click(await screen.findByRole('menuitem', { name: 'Manager' }));
    const question = within(await screen.findByRole('alertdialog', { name: 'Change the role of Grace?' }));
    expect(question.getByText(/From Member to Manager/)).toBeInTheDocument();
    expect(sent).toEqual([]);
    await user.click(question.getByRole('button', { name: 'Change the role' }));
    expect(await screen.findByRole('button', { name: 'Role of Grace: Manager' })).toBeInTheDocument();
    expect(sent).toEqual([{ role: 'manager' }]);
  });

  it('read at the question why their own role stays', async () => {
    server.use(
      api.patch('/api/members/{memberId}', ({ response }) =>
        response(409).json({ code: 'last_owner', message: 'the last owner', requestId: 'r-1' }),
      ),
    );
    const { user } = renderApp(<MembersPage />);
    await user.click(await screen.findByRole('button', { name: 'Role of Ada: Owner' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Member' }));
    const question = within(await screen.findByRole('alertdialog', { name: 'Change your own role?' }));
    await user.click(question.getByRole('button', { name: 'Change my role' }));
    expect(await question.findByRole('alert')).toHaveTextContent('The workspace needs an owner.');
    expect(question.getByRole('button', { name: 'Change my role' })).toBeEnabled();
  });

  it('are given to a placeholder by a button, not by a list that the arrow keys go through', async () => {
    const { user } = renderApp(<MembersPage />);
    const give = await screen.findByRole('button', { name: 'Give the entries of Imported' });
    expect(give).toBeDisabled();
    await user.selectOptions(screen.getByLabelText('Which member Imported is'), 'Grace');
    expect(screen.queryByRole('alertdialog')).not.toBeInTheDocument();
    await user.click(give);
    expect(
      await screen.findByRole('alertdialog', { name: 'Is Imported the member Grace?' }),
    ).toBeInTheDocument();
  });

  it('go to another workspace by a menu', async () => {
    beginSession(world.me.user.id);
    const { user } = renderApp(<MembersPage />);
    await user.click(await screen.findByRole('button', { name: 'Workspace: Workspace' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Other' }));
    expect(currentSession().workspace).toBe(OTHER);
  });
});
