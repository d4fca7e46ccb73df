import { useQuery } from '@tanstack/react-query';
import { body, http } from './http';
import { keys } from './keys';

export const meQuery = {
  queryKey: keys.me,
  queryFn: ({ signal }: { signal: AbortSignal }) => body(http.GET('/api/me', { signal })),
  staleTime: 60_000,
};

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone in which days begin and end: the user's own, else the workspace's; until one is chosen, the browser's. */
export function useTimeZone(): string {
  const me = useQuery(meQuery).data;
  return me?.user.timeZone ?? me?.workspace.timeZone ?? browserZone;
}
