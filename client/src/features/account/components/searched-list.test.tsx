import { screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { workspacesQuery } from '../api/administration';
import { SearchedList } from './searched-list';

const WORDS = { title: 'All', hint: '', search: 'Search', loading: 'Loading', none: 'None', more: 'More' };

it('asks once typing pauses, and shows what was found before until the answer has come', async () => {
  new World().serve();
  const asked: string[] = [];
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  const found = (name: string) => ({ id: name, name, members: 1, createdAt: '2026-01-05T08:00:00Z' });
  server.use(
    api.untyped.get('*/api/administration/workspaces', async ({ request }) => {
      const text = new URL(request.url).searchParams.get('q') ?? '';
      asked.push(text);
      if (text === '') return Response.json([found('Studio'), found('Bakery')]);
      await held;
      return Response.json([found('Bakery')]);
    }),
  );
  const { user } = renderApp(
    <SearchedList id="all" words={WORDS} query={workspacesQuery} placeholders={1}>
      {({ id, name }) => <li key={id}>{name}</li>}
    </SearchedList>,
  );
  expect(await screen.findByText('Studio')).toBeVisible();
  await user.type(screen.getByRole('searchbox', { name: 'Search' }), 'bake');
  await waitFor(() => expect(asked).toEqual(['', 'bake']));
  expect(screen.getByText('Studio')).toBeVisible();
  answer();
  await waitFor(() => expect(screen.queryByText('Studio')).not.toBeInTheDocument());
  expect(screen.getByText('Bakery')).toBeVisible();
});
