/** How much clients, projects, categories and tags are used by the person. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Schemas } from '@/api/types';
import { useMay } from '@/entities/me/use-may';
import type { Catalog } from './catalog';

type Report = Schemas['UsageReport'];

export interface Use {
  entries: number;
  seconds: number;
  /** When the last entry ended; null when there is none. */
  lastUsedAt: string | null;
}

const unused: Use = { entries: 0, seconds: 0, lastUsedAt: null };

const usageQuery = queryOptions({
  queryKey: keys.usage,
  queryFn: ({ signal }) => body(http.GET('/api/time/usage', { signal })),
  staleTime: 10_000,
});

/** Of several together: entries and time are added up, the last use is the latest. */
function together(a: Use, b: Use): Use {
  const later = (b.lastUsedAt ?? '') > (a.lastUsedAt ?? '') ? b.lastUsedAt : a.lastUsedAt;
  return { entries: a.entries + b.entries, seconds: a.seconds + b.seconds, lastUsedAt: later };
}

function byId(list: Report['categories']): Map<string, Use> {
  return new Map(
    list.map(({ id, entries, durationSeconds, lastUsedAt }) => [
      id,
      { entries, seconds: durationSeconds, lastUsedAt },
    ]),
  );
}

/** What a category has with all below it, a project with its categories, and a client with its projects. */
function rollUp(catalog: Catalog, report: Report) {
  const own = byId(report.categories);
  const subtrees = new Map<string, Use>();
  const projects = new Map<string, Use>();
  const clients = new Map<string, Use>();
  const add = (to: Map<string, Use>, id: string, use: Use) => to.set(id, together(to.get(id) ?? unused, use));
  for (const { category, project } of catalog.places) {
    const use = own.get(category.id);
    if (!use) continue;
    add(projects, project.id, use);
    if (project.clientId) add(clients, project.clientId, use);
    for (let at: string | null = category.id; at; at = catalog.place(at)?.category.parentCategoryId ?? null)
      add(subtrees, at, use);
  }
  const tags = byId(report.tags);
  const of = (uses: ReadonlyMap<string, Use>) => (id: string) => uses.get(id) ?? unused;
  return { category: of(subtrees), project: of(projects), client: of(clients), tag: of(tags) };
}

export type Usage = ReturnType<typeof rollUp>;

/** Undefined until it is known, and for those who track no time. */
export function useUsage(catalog: Catalog | undefined): Usage | undefined {
  const tracks = useMay()('track_time');
  const { data: report } = useQuery({ ...usageQuery, enabled: tracks });
  return useMemo(
    () => (tracks && catalog && report ? rollUp(catalog, report) : undefined),
    [tracks, catalog, report],
  );
}
