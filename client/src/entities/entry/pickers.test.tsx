import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { TagPicker } from '@/entities/catalog/tag-picker';
import { renderApp } from '@/testing/render';
import { api, server } from '@/testing/server';
import { World } from '@/testing/world';
import { CategoryPopup } from './category-picker/category-picker';

const refused = { code: 'forbidden', message: 'Not for you.', requestId: 'r-1' };
const trigger = <button type="button">Open</button>;

it('offer no tag to be made, and do not say that there are none, when tags cannot be read', async () => {
  new World().serve();
  server.use(api.get('/api/tags', ({ response }) => response(403).json(refused)));
  const { user } = renderApp(<TagPicker value={[]} onChange={() => undefined} trigger={trigger} />);
  await user.click(screen.getByText('Open'));
  expect(await screen.findByText("Couldn't load this")).toBeInTheDocument();
  await user.type(screen.getByPlaceholderText(/./), 'Memo');
  expect(screen.queryByText(/Memo/)).not.toBeInTheDocument();
  expect(screen.getByText("Couldn't load this")).toBeInTheDocument();
});

it('say that categories cannot be read, not that they load forever', async () => {
  new World().serve();
  server.use(api.get('/api/categories', ({ response }) => response(403).json(refused)));
  const { user } = renderApp(<CategoryPopup value={null} onPick={() => undefined} trigger={trigger} />);
  await user.click(screen.getByText('Open'));
  expect(await screen.findByText("Couldn't load this")).toBeInTheDocument();
});
