import { useQuery } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';

export const meQuery = {
  queryKey: keys.me,
  queryFn: ({ signal }: { signal: AbortSignal }) => body(http.GET('/api/me', { signal })),
  staleTime: 60_000,
};

/** The zone that a browser tells, when it is one: some tell `Etc/Unknown`, or one that they do not know themselves. */
export function readZone(told: string | undefined): string | null {
  if (told === undefined || told === 'Etc/Unknown') return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: told }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

const told = readZone(Intl.DateTimeFormat().resolvedOptions().timeZone);

export const isBrowserZoneKnown = told !== null;
/** The browser's zone; UTC when it tells none. */
export const browserZone = told ?? 'UTC';

/** The zone in which days begin and end: the user's own, else the workspace's; until one is chosen, the browser's. */
export function useTimeZone(): string {
  const me = useQuery(meQuery).data;
  return me?.user.timeZone ?? me?.workspace.timeZone ?? browserZone;
}
