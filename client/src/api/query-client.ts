import { QueryClient } from '@tanstack/react-query';
import { mayPass } from './errors';

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A second tab or device may have changed everything: what is shown is asked for again on focus.
        staleTime: 5_000,
        refetchOnWindowFocus: 'always',
        retry: (failures, error) => failures < 2 && mayPass(error),
      },
      // What cannot wait for a connection is tried, and refused at once without one; changes of time wait (time-mutations.ts).
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
