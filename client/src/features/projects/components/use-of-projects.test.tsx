import { screen, waitFor } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { beginSession } from '@/api/session';
import type { Project } from '@/api/types';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { ProjectPage } from './project-page';
import { ProjectsPage } from './projects-page';

const GRACE = '01900000-0000-7000-8000-00000000aaa1';
let world: World;
let project: Project;
const projectsPage = <ProjectsPage archived={false} onArchived={() => undefined} />;

beforeEach(() => {
  world = new World();
  world.me = { ...world.me, authMode: 'builtin' };
  project = world.project('Site');
  const design = world.category(project, 'Design');
  world.entry(design, '2026-02-02T08:00:00Z', '2026-02-02T09:30:00Z', {
    userId: world.me.user.id,
    description: 'Mine',
  });
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
  );
  beginSession(world.me.user.id);
});

it('say that the time beside a project is the own one', async () => {
  renderApp(projectsPage);
  const note = await screen.findByRole('link', { name: /1 entry of yours in Site/ });
  expect(note).toHaveTextContent(/^you: 2 Feb 1:30/);
  expect(note).toHaveAccessibleName(/1:30/);
  expect(note).toHaveAttribute('title', expect.stringContaining('by you'));
});

it('have no such note for those who track no time', async () => {
  world.me = { ...world.me, role: 'viewer' };
  renderApp(projectsPage);
  expect(await screen.findByRole('link', { name: 'Site' })).toBeInTheDocument();
  await waitFor(() => expect(screen.queryByText(/you/)).not.toBeInTheDocument());
  expect(screen.queryByText(/1:30/)).not.toBeInTheDocument();
});

it('list the entries of all, and whose they are', async () => {
  const asked: (string | null)[] = [];
  world.entry(world.categories[0] ?? expect.fail(), '2026-02-03T08:00:00Z', '2026-02-03T09:00:00Z', {
    userId: GRACE,
    description: 'Hers',
  });
  server.events.on('request:start', ({ request }) => {
    const { pathname, searchParams } = new URL(request.url);
    if (/entries|totals/.test(pathname)) asked.push(searchParams.get('member'));
  });
  renderApp(
    <ProjectPage projectId={project.id} tab="entries" showArchived onShowArchived={() => undefined} />,
  );
  expect(await screen.findByText('Hers')).toBeInTheDocument();
  expect(await screen.findByText('Grace')).toBeInTheDocument();
  expect(screen.queryByText('Ada')).not.toBeInTheDocument();
  expect(await screen.findByText('2 entries')).toBeInTheDocument();
  expect(new Set(asked)).toEqual(new Set(['all']));
});

it('call the entries of a member those that they may see', async () => {
  world.me = { ...world.me, role: 'member' };
  renderApp(
    <ProjectPage projectId={project.id} tab="entries" showArchived onShowArchived={() => undefined} />,
  );
  expect(await screen.findByText('1 entry that you may see')).toBeInTheDocument();
});

it('shows the categories to those who do not have the tab that the link names', async () => {
  world.me = { ...world.me, role: 'member' };
  renderApp(
    <ProjectPage projectId={project.id} tab="settings" showArchived onShowArchived={() => undefined} />,
    `/projects/${project.id}?tab=settings`,
  );
  expect(await screen.findByRole('list', { name: 'Categories' })).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Categories' })).toHaveAttribute('aria-current', 'page');
});
