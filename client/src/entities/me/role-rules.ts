/** What pages that come after the first one need to know of roles. */
import { mayRole, ROLES, type Role } from './roles';

/** The roles that the user may give to a member who has this one; none when they may not. */
export function rolesToGive(own: string, role: string): readonly Role[] {
  const rank = (one: string) => (ROLES as readonly string[]).indexOf(one);
  if (!mayRole(own, 'manage_members') || rank(own) > rank(role)) return [];
  return ROLES.filter((one) => rank(own) <= rank(one));
}

/** Whether the user sees the time of all members. Others see that of the projects that they lead. */
export function seesAllTime(role: string): boolean {
  return role !== 'member';
}
