import { useTimeZone } from '@/entities/me/me';
import type { Role } from '@/entities/me/roles';
import { formatDayOf } from '@/lib/time/moment';
import { t } from '@/messages/account';

/** What a role is called; one of a later release has its own word. */
export function roleName(role: string): string {
  return t.members.roles[role as Role] ?? role;
}

/** Shows a day in the user's time zone. */
export function useDay(): (at: string) => string {
  const timeZone = useTimeZone();
  return (at) => formatDayOf(at, timeZone);
}
