import { queryOptions, useQuery } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';

const workspacesQuery = queryOptions({
  queryKey: keys.workspaces,
  queryFn: ({ signal }) => body(http.GET('/api/workspaces', { signal })),
  staleTime: 60_000,
});

/** The workspaces of the user, the oldest first. */
export function useWorkspaces() {
  return useQuery(workspacesQuery);
}
