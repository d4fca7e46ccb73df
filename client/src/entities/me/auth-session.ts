import { queryOptions } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';

/** How users sign in here, and who has. */
export const authSessionQuery = queryOptions({
  queryKey: keys.authSession,
  queryFn: ({ signal }) => body(http.GET('/api/auth/session', { signal })),
  staleTime: 30_000,
});
