import { useTimeZone } from '@/entities/me/me';
import type { Role } from '@/entities/me/roles';
import { locale } from '@/lib/time/format';
import { t } from '@/messages/account';

/** What a role is called; one of a later release has its own word. */
export function roleName(role: string): string {
  return t.members.roles[role as Role] ?? role;
}

/** Shows a day in the user's time zone. */
export function useDay(): (at: string) => string {
  const timeZone = useTimeZone();
  const format = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeZone });
  return (at) => format.format(new Date(at));
}
