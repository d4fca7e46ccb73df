import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { World } from '@/testing/world';
import { FilterChips } from './filter-chips';

it.each([
  ['manager', 'Everyone'],
  ['member', 'Everyone in projects that I lead'],
])('says to a %s whose entries all are: %s', async (role, label) => {
  const world = new World().serve();
  world.me = { ...world.me, role };
  renderApp(
    <FilterChips search={{ member: 'all' }} filters={{ member: ['all'] }} onChange={() => undefined} />,
  );
  expect(await screen.findByText(label)).toBeInTheDocument();
});
