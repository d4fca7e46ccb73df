import { queryOptions, useQuery } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';

const membersQuery = queryOptions({
  queryKey: keys.members,
  queryFn: ({ signal }) => body(http.GET('/api/members', { signal })),
  staleTime: 60_000,
});

/** The members of the workspace, former ones as well. */
export function useMembers(enabled = true) {
  return useQuery({ ...membersQuery, enabled });
}
