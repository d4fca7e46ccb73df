import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { CalendarFeed } from './calendar-feed';

const error = (code: string) => ({ code, message: code, requestId: 'r-1' });
let made: number;
let isThere: boolean;

beforeEach(() => {
  new World().serve();
  made = 0;
  isThere = false;
  const feed = () => ({ createdAt: `2026-03-0${made}T08:00:00Z` });
  server.use(
    api.get('/api/calendar-feed', ({ response }) =>
      isThere ? response(200).json(feed()) : response(404).json(error('not_found')),
    ),
    api.post('/api/calendar-feed', ({ response }) => {
      made += 1;
      isThere = true;
      return response(201).json({ ...feed(), url: `https://clockwork.example.org/feed-${made}` });
    }),
    api.delete('/api/calendar-feed', ({ response }) => {
      isThere = false;
      return response(204).empty();
    }),
  );
});

it('makes an address that is shown once, replaces it after a question, and revokes it', async () => {
  const { user } = renderApp(<CalendarFeed mayMake />);
  expect(await screen.findByText('You have no calendar feed.')).toBeInTheDocument();
  expect(screen.queryByRole('button', { name: 'Revoke' })).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Create an address' }));
  expect(await screen.findByLabelText('Address of the calendar feed')).toHaveTextContent(/feed-1$/);
  await user.click(screen.getByRole('button', { name: 'Done' }));
  expect(screen.queryByText(/feed-1/)).toBeNull();
  expect(await screen.findByText('The address was created 1 Mar 2026, 09:00.')).toBeInTheDocument();

  await user.click(screen.getByRole('button', { name: 'Create a new address' }));
  const question = within(await screen.findByRole('alertdialog', { name: 'Create a new address?' }));
  expect(made).toBe(1);
  await user.click(question.getByRole('button', { name: 'Create a new address' }));
  expect(await screen.findByLabelText('Address of the calendar feed')).toHaveTextContent(/feed-2$/);
  await user.click(screen.getByRole('button', { name: 'Done' }));

  await user.click(screen.getByRole('button', { name: 'Revoke' }));
  await user.click(await screen.findByRole('button', { name: 'Revoke the address' }));
  await waitFor(() => expect(screen.getByText('You have no calendar feed.')).toBeInTheDocument());
  expect(isThere).toBe(false);
});

it('says why it failed: to load, with another attempt, and to make one, beside the button', async () => {
  let fails = true;
  server.use(
    api.get('/api/calendar-feed', ({ response }) =>
      fails ? response(500).json(error('internal_error')) : response(404).json(error('not_found')),
    ),
    api.post('/api/calendar-feed', ({ response }) => response(403).json(error('forbidden'))),
  );
  const { user } = renderApp(<CalendarFeed mayMake />);
  await screen.findByText('Something went wrong on the server.');
  fails = false;
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await user.click(await screen.findByRole('button', { name: 'Create an address' }));
  expect(await screen.findByText(/You don't have permission/)).toBeInTheDocument();
});

it('lets a viewer revoke the address that was made before, and make none', async () => {
  made = 1;
  isThere = true;
  const { user } = renderApp(<CalendarFeed mayMake={false} />);
  await user.click(await screen.findByRole('button', { name: 'Revoke' }));
  await user.click(await screen.findByRole('button', { name: 'Revoke the address' }));
  await waitFor(() => expect(screen.queryByText(/The address was created/)).toBeNull());
  expect(isThere).toBe(false);
  expect(screen.queryByRole('button', { name: /Create/ })).toBeNull();
});

it('says nothing of a calendar feed to a viewer who has none', async () => {
  let asked = 0;
  server.use(
    api.get('/api/calendar-feed', ({ response }) => {
      asked += 1;
      return response(404).json(error('not_found'));
    }),
  );
  renderApp(<CalendarFeed mayMake={false} />);
  await waitFor(() => expect(asked).toBe(1));
  expect(screen.queryByText('Calendar feed')).toBeNull();
  expect(screen.queryByRole('button', { name: /Create/ })).toBeNull();
});
