import type { QueryClient } from '@tanstack/react-query';
import { keys } from '@/api/keys';
import { currentSession, isWithoutAccounts, sessionState, subscribeSession } from '@/api/session';
import { basePath } from '@/base-path';
import { categoriesQuery, clientsQuery, projectsQuery, tagsQuery } from '@/entities/catalog/catalog';
import { activeQuery, entryListQuery } from '@/entities/entry/queries';
import { authSessionQuery } from '@/entities/me/auth-session';
import { meQuery } from '@/entities/me/me';
import { isPublicPage } from '@/lib/public-pages';

/** As long as the first drawing waits for what it would show: what was asked for early is there by then, or the network is slow. */
const WAIT_MS = 50;

function firstAnswers(client: QueryClient): Promise<unknown> {
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

/** Resolves when the server has said who the user is, or that there is none, or has failed to say so. */
function userKnown(client: QueryClient): Promise<void> {
  return new Promise((resolve) => {
    const stops: (() => void)[] = [];
    const end = () => {
      for (const stop of stops) stop();
      resolve();
    };
    stops.push(
      subscribeSession(end),
      client.getQueryCache().subscribe(({ query }) => {
        const { status, fetchFailureCount } = query.state;
        if ((query.queryKey as readonly unknown[])[0] !== keys.me[0]) return;
        if (status !== 'pending' || fetchFailureCount > 0) end();
      }),
    );
  });
}

/**
 * Takes what was asked for early, so that the page is drawn once, with its entries: on a slow processor each drawing counts. What is
 * not there in time is drawn when it comes. Where users sign in, nothing is drawn before it is known whether this one has: the page of
 * a user who has not is the sign-in page, and no other is seen before.
 */
export async function takeFirstAnswers(): Promise<void> {
  const { client } = currentSession();
  const page = window.location.pathname.slice(basePath.length);
  // Nothing that they show depends on who is signed in.
  if (page === '/shared-report' || page === '/stop-report') return;
  const isPublic = isPublicPage(page);
  if (!isPublic && sessionState().access === 'app') {
    const known = isWithoutAccounts() ? undefined : userKnown(client);
    await firstAnswers(client);
    await known;
  }
  if (isPublic || sessionState().access === 'sign-in')
    await currentSession().client.prefetchQuery(authSessionQuery);
}
