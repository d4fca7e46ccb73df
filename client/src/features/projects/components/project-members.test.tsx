import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { Schemas } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { ProjectMembers } from './project-members';

it('adds the member who is chosen when the button is pressed, not while the arrow keys go through them', async () => {
  const world = new World();
  world.me = { ...world.me, authMode: 'builtin' };
  const project = world.project('Site');
  world.serve();
  const added: string[] = [];
  const inside: Schemas['ProjectMember'][] = [];
  server.use(
    api.get('/api/members', ({ response }) =>
      response(200).json(
        ['Grace', 'Hedy'].map((name) => ({
          id: `id of ${name}`,
          name,
          email: null,
          role: 'member',
          joinedAt: '2026-01-05T08:00:00Z',
          leftAt: null,
          placeholder: false,
          claimedBy: null,
          revision: 1,
        })),
      ),
    ),
    api.get('/api/projects/{projectId}/members', ({ response }) => response(200).json(inside)),
    api.put('/api/projects/{projectId}/members/{memberId}', ({ params, response }) => {
      added.push(params.memberId);
      const member = { id: params.memberId, name: 'Hedy', lead: false, createdAt: '2026-01-05T08:00:00Z' };
      inside.push(member);
      return response(200).json(member);
    }),
  );
  const { user } = renderApp(<ProjectMembers project={project} />);
  const choice = await screen.findByLabelText('Add a member');
  const add = screen.getByRole('button', { name: 'Add' });
  expect(add).toBeDisabled();
  await user.selectOptions(choice, 'Grace');
  await user.selectOptions(choice, 'Hedy');
  expect(added).toEqual([]);
  await user.click(add);
  expect(await screen.findByRole('button', { name: 'Take Hedy out of the project' })).toBeInTheDocument();
  expect(added).toEqual(['id of Hedy']);
  expect(choice).toHaveValue('');
});
