import { QueryClient } from '@tanstack/react-query';
import { mayPass } from './errors';
import { isLive } from './live/state';

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
