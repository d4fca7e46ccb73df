import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { renderApp } from '@/testing/render';
import { BottomBar, Sidebar } from './navigation';

it.each([
  ['/clients', 'Projects'],
  ['/tags', 'Projects'],
  ['/clients/01900000-0000-7000-8000-000000000001', 'Projects'],
  ['/account', 'Settings'],
  ['/members', 'Settings'],
  ['/audit-log', 'Settings'],
  ['/administration', 'Settings'],
  ['/import', 'Settings'],
  ['/settings', 'Settings'],
  ['/reports', 'Reports'],
])('marks where %s belongs: %s', (path, name) => {
  renderApp(
    <>
      <Sidebar />
      <BottomBar />
    </>,
    path,
  );
  const bars = screen.getAllByRole('navigation', { name: 'Pages' });
  expect(bars).toHaveLength(2);
  for (const bar of bars) {
    const marked = within(bar)
      .getAllByRole('link')
      .filter((link) => link.hasAttribute('aria-current'));
    expect(marked.map((link) => link.textContent)).toEqual([name]);
    expect(marked[0]).toHaveAttribute('data-status', 'active');
  }
});
