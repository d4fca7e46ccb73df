import { screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { server } from '@/testing/server';
import { World } from '@/testing/world';
import { Palette } from './palette';

it('asks for entries once typing pauses, and offers none that was found for something else', async () => {
  const world = new World();
  const design = world.category(world.project('Site'), 'Design');
  world.entry(design, '2026-01-06T08:00:00Z', '2026-01-06T09:00:00Z', { description: 'Lunch' });
  world.entry(design, '2026-01-06T10:00:00Z', '2026-01-06T11:00:00Z', { description: 'Quarterly report' });
  world.serve();
  const asked: (string | null)[] = [];
  server.events.on('request:start', ({ request }) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/api/time/entries') asked.push(searchParams.get('q'));
  });
  const { user } = renderApp(<Palette onClose={() => undefined} />);
  expect(await screen.findByRole('option', { name: /Lunch/ })).toBeVisible();
  await user.type(screen.getByRole('combobox'), 'report');
  await waitFor(() => expect(screen.queryByRole('option', { name: /Lunch/ })).not.toBeInTheDocument());
  // Not with the answer, which comes later.
  expect(asked).not.toContain('report');
  expect(screen.getByRole('option', { name: /Quarterly report/ })).toBeVisible();
  await waitFor(() => expect(asked).toContain('report'));
  expect(await screen.findByRole('option', { name: /Quarterly report/ })).toBeVisible();
  expect(asked.filter((q) => q !== null)).toEqual(['report']);
});
