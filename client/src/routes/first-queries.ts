import type { QueryClient } from '@tanstack/react-query';
import { categoriesQuery, clientsQuery, projectsQuery, tagsQuery } from '@/entities/catalog/catalog';
import { activeQuery, entryListQuery } from '@/entities/entry/queries';
import { meQuery } from '@/entities/me/me';

/** As long as the first drawing waits for what it would show: what was asked for early is there by then, or the network is slow. */
const WAIT_MS = 50;

/**
 * Takes what was asked for early, so that the page is drawn once, with its entries: on a slow processor each drawing counts. What is
 * not there in time is drawn when it comes.
 */
export function takeFirstAnswers(client: QueryClient): Promise<unknown> {
  const all = Promise.all([
    client.prefetchQuery(meQuery),
    client.prefetchQuery(activeQuery),
    client.prefetchInfiniteQuery(entryListQuery({})),
    client.prefetchQuery(clientsQuery),
    client.prefetchQuery(projectsQuery),
    client.prefetchQuery(categoriesQuery),
    client.prefetchQuery(tagsQuery),
  ]);
  return Promise.race([all, new Promise((resolve) => setTimeout(resolve, WAIT_MS))]);
}
