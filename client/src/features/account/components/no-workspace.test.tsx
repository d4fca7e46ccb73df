import { screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { NoWorkspace } from './no-workspace';

it('has its title in the tab', async () => {
  document.title = 'Timer · Clockwork';
  renderApp(<NoWorkspace />);
  const { textContent } = await screen.findByRole('heading', { level: 1 });
  expect(document.title).toBe(`${textContent} · Clockwork`);
});
