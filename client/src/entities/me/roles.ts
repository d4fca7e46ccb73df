/** What the page offers by the role of the user; the server decides, and refuses what is not allowed. */

/** Roles from the most to the least. */
export const ROLES = ['owner', 'admin', 'manager', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

function rank(role: string): number {
  return (ROLES as readonly string[]).indexOf(role);
}

/** Whether the user gives roles and removes members, up to their own role. */
export function managesMembers(role: string): boolean {
  return role === 'owner' || role === 'admin';
}

/** The roles that the user may give to a member who has this one; none when they may not. */
export function rolesToGive(own: string, role: string): readonly Role[] {
  if (!managesMembers(own) || rank(own) > rank(role)) return [];
  return ROLES.filter((one) => rank(own) <= rank(one));
}

/** Whether the user changes projects, and who is in them. */
export function managesProjects(role: string): boolean {
  return rank(role) <= rank('manager');
}

/** Whether the user sees the time of all members. Others see that of the projects that they lead. */
export function seesAllTime(role: string): boolean {
  return role !== 'member';
}

/** Whether the user sees rates and amounts. */
export function seesAmounts(role: string | undefined): boolean {
  return role !== undefined && rank(role) <= rank('manager');
}
