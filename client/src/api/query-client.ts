import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './errors';

/** An error that another attempt may cure: the network's, or the server's own. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status >= 500;
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // A second tab or device may have changed everything: what is shown is asked for again on focus.
        staleTime: 5_000,
        refetchOnWindowFocus: 'always',
        retry: (failures, error) => failures < 2 && mayPass(error),
      },
      mutations: { retry: false },
    },
  });
}
