import { QueryClient } from '@tanstack/react-query';
import { mayPass } from './errors';
import { isLive } from './live/state';

/** What live updates do not tell of is asked for again whenever it is shown, or comes back into view. */
export const untold = { refetchOnMount: 'always', refetchOnWindowFocus: 'always' } as const;

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // Changes of other tabs and devices are told while live updates are on; without them what is shown is asked for again on focus.
        staleTime: () => (isLive() ? Infinity : 5_000),
        refetchOnWindowFocus: () => (isLive() ? false : 'always'),
        retry: (failures, error) => failures < 2 && mayPass(error),
      },
      // What cannot wait for a connection is tried, and refused at once without one; changes of time wait (time-mutations.ts).
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
