import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ProjectPage } from '@/features/projects/components/project-page';
import { ProjectsPage } from '@/features/projects/components/projects-page';
import { TagsPage } from '@/features/tags/components/tags-page';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { EntriesPage } from '@/features/entries/components/entries-page';

function workspace(role: string) {
  const world = new World();
  world.me = { ...world.me, role };
  const site = world.project('Site');
  const design = world.category(site, 'Design');
  world.tag('Meeting');
  world.serve();
  return { world, site, design };
}

const CHANGES = /add|new|create|edit|select|more actions|start|continue/i;

describe('a viewer', () => {
  it('reads entries, and has nothing to change them with', async () => {
    const { world, design } = workspace('viewer');
    world.entry(design, '2026-01-05T09:00:00Z', '2026-01-05T10:00:00Z', { description: 'Sketches' });
    world.entry(design, '2026-01-05T12:00:00Z', '2026-01-05T13:00:00Z', { description: 'Sketches' });
    renderApp(<EntriesPage search={{}} onSearch={() => undefined} />);
    const rows = await screen.findAllByRole('listitem', { name: 'Sketches' });
    // Not folded into one line: there is nothing to unfold it with by keys.
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      expect(within(row).queryAllByRole('button')).toEqual([]);
      expect(within(row).queryAllByRole('textbox')).toEqual([]);
      expect(within(row).queryAllByRole('checkbox')).toEqual([]);
    }
    expect(screen.queryByRole('button', { name: 'Add entry' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Select' })).toBeNull();
    expect(screen.queryByRole('button', { name: /Add an entry/ })).toBeNull();
  });

  it('who tracked nothing is told where the time of others is', async () => {
    workspace('viewer');
    renderApp(<EntriesPage search={{}} onSearch={() => undefined} />);
    expect(await screen.findByRole('heading', { name: 'You track no time here' })).toBeVisible();
    expect(screen.getByRole('link', { name: "See everyone's entries" })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Create a project' })).toBeNull();
  });

  it('has no field for new tags, and no menu of a tag', async () => {
    workspace('viewer');
    renderApp(<TagsPage />);
    const tag = await screen.findByRole('listitem', { name: 'Meeting' });
    expect(within(tag).queryAllByRole('button')).toEqual([]);
    expect(screen.queryByLabelText('Name of a new tag')).toBeNull();
  });
});

describe('projects', () => {
  it.each(['member', 'viewer'])('are not made or changed by a %s', async (role) => {
    const { site } = workspace(role);
    const { unmount } = renderApp(<ProjectsPage archived={false} onArchived={() => undefined} />);
    expect(await screen.findByRole('link', { name: 'Site' })).toBeVisible();
    expect(screen.queryAllByRole('button', { name: CHANGES })).toEqual([]);
    unmount();
    renderApp(<ProjectPage projectId={site.id} showArchived={false} onShowArchived={() => undefined} />);
    const row = await screen.findByRole('listitem', { name: 'Design' });
    expect(within(row).queryAllByRole('button')).toEqual([]);
    expect(screen.queryAllByRole('button', { name: CHANGES })).toEqual([]);
    expect(screen.queryByRole('link', { name: 'Settings' })).toBeNull();
  });

  it('are made and changed by a manager', async () => {
    const { site } = workspace('manager');
    renderApp(<ProjectPage projectId={site.id} showArchived={false} onShowArchived={() => undefined} />);
    const row = await screen.findByRole('listitem', { name: 'Design' });
    expect(within(row).getAllByRole('button').length).toBeGreaterThan(1);
    expect(screen.getByRole('button', { name: 'New category' })).toBeVisible();
    expect(screen.getByRole('link', { name: 'Settings' })).toBeVisible();
  });
});

it('members may start from the first page, and make no projects there', async () => {
  workspace('member');
  renderApp(<EntriesPage search={{}} onSearch={() => undefined} />);
  expect(await screen.findByRole('button', { name: 'Add time manually' })).toBeVisible();
  await screen.findByText("Type what you're working on and press Enter.");
  expect(screen.queryByRole('link', { name: 'Create a project' })).toBeNull();
  expect(screen.queryByRole('link', { name: 'Import from Toggl' })).toBeNull();
});
