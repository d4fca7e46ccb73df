import { useQuery } from '@tanstack/react-query';
import { body, http } from './http';
import { keys } from './keys';

export const meQuery = {
  queryKey: keys.me,
  queryFn: ({ signal }: { signal: AbortSignal }) => body(http.GET('/api/me', { signal })),
  staleTime: 60_000,
};

const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The time zone in which days begin and end: the user's, and until it is known the browser's. */
export function useTimeZone(): string {
  return useQuery(meQuery).data?.user.timeZone ?? browserZone;
}
