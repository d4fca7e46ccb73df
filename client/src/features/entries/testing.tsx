/** The page of entries in a workspace with two of them, for tests. */
import { screen, within } from '@testing-library/react';
import { useState } from 'react';
import { World } from '@/testing/world';
import { EntriesPage } from './components/entries-page';
import type { EntriesSearch } from './search';

export function Page({ initial = {} }: { initial?: EntriesSearch }) {
  const [search, setSearch] = useState(initial);
  return (
    <EntriesPage search={search} onSearch={(changes) => setSearch((before) => ({ ...before, ...changes }))} />
  );
}

export function workspace() {
  const world = new World();
  const site = world.project('Site');
  const design = world.category(site, 'Design');
  // In Berlin: Tuesday 23:00 to Wednesday 02:30, and Tuesday 09:00 to 10:00.
  const night = world.entry(design, '2026-01-06T22:00:00Z', '2026-01-07T01:30:00Z', {
    description: 'Release',
  });
  const morning = world.entry(design, '2026-01-06T08:00:00Z', '2026-01-06T09:00:00Z', {
    description: 'Planning',
  });
  return { world: world.serve(), design, night, morning };
}

export async function row(name: string) {
  return within(await screen.findByRole('listitem', { name }));
}
