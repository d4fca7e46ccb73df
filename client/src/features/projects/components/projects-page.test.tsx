import { onlineManager } from '@tanstack/react-query';
import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { ProjectsPage } from './projects-page';

afterEach(() => onlineManager.setOnline(true));

async function openNewProject(user: ReturnType<typeof renderApp>['user']) {
  await user.click(await screen.findByRole('button', { name: 'New project' }));
  return within(await screen.findByRole('dialog', { name: 'New project' }));
}

describe('without a connection', () => {
  it('a project is refused at once, and not made after Cancel', async () => {
    const world = new World().serve();
    const { user } = renderApp(<ProjectsPage archived={false} onArchived={() => undefined} />);
    const dialog = await openNewProject(user);
    act(() => onlineManager.setOnline(false));
    await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'Later');
    await user.click(dialog.getByRole('button', { name: 'Create project' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent(/You're offline, so this can't be saved/);
    expect(dialog.getByRole('button', { name: 'Create project' })).toBeEnabled();
    expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue('Later');

    await user.click(dialog.getByRole('button', { name: 'Cancel' }));
    act(() => onlineManager.setOnline(true));
    await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
    expect(world.log).toEqual([]);
    expect(world.projects).toEqual([]);
  });

  it('is made from the same form when the connection is back', async () => {
    const world = new World().serve();
    const { user } = renderApp(<ProjectsPage archived={false} onArchived={() => undefined} />);
    const dialog = await openNewProject(user);
    act(() => onlineManager.setOnline(false));
    await user.type(dialog.getByRole('textbox', { name: 'Name' }), 'Later');
    await user.click(dialog.getByRole('button', { name: 'Create project' }));
    await dialog.findByRole('alert');
    act(() => onlineManager.setOnline(true));
    await user.click(dialog.getByRole('button', { name: 'Create project' }));
    await waitFor(() => expect(world.projects.map(({ name }) => name)).toEqual(['Later']));
  });
});
