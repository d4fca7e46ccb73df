import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { DeleteWorkspace } from './delete-workspace';

it('asks for the password when the sign-in is old, and keeps the name that was typed', async () => {
  const world = new World();
  world.serve();
  const sent: unknown[] = [];
  server.use(
    api.untyped.get(
      '*/api/auth/session',
      () => new Response('{"user":null,"providers":[]}', { headers: { 'Content-Type': 'application/json' } }),
    ),
    api.delete('/api/workspace', async ({ request, response }) => {
      sent.push(await request.json());
      return response(403).json({ code: 'recent_sign_in_required', message: 'again', requestId: 'r-1' });
    }),
  );
  const { user } = renderApp(<DeleteWorkspace />);
  await user.click(await screen.findByRole('button', { name: 'Delete…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Delete Workspace?' });
  expect(dialog).toHaveTextContent('This cannot be undone');
  expect(within(dialog).getByRole('button', { name: 'Delete the workspace' })).toBeDisabled();
  await user.type(within(dialog).getByLabelText('Type the name of the workspace'), 'Workspace');
  await user.click(within(dialog).getByRole('button', { name: 'Delete the workspace' }));
  const question = await screen.findByRole('dialog', { name: /Confirm/ });
  expect(sent).toEqual([{ name: 'Workspace' }]);
  await user.click(within(question).getByRole('button', { name: 'Cancel' }));
  expect(await within(dialog).findByLabelText('Type the name of the workspace')).toHaveValue('Workspace');
});
