/** What the page offers by the role of the user; the server decides, and refuses what is not allowed. */

/** Roles from the most to the least. */
export const ROLES = ['owner', 'admin', 'manager', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Of each capability the least role that has it; the server's table is crates/core/src/access/capability.rs, and a test compares them. */
const LEAST = {
  track_time: 'member',
  manage_tags: 'member',
  manage_projects: 'manager',
  see_amounts: 'manager',
  manage_rates: 'manager',
  import: 'admin',
  manage_members: 'admin',
  see_audit_log: 'admin',
  delete_workspace: 'owner',
} as const satisfies Record<string, Role>;

/** By the names of the server. Entries are changed by roles that track time: of others, members see only what they may change. */
export type Capability = keyof typeof LEAST;

function rank(role: string): number {
  return (ROLES as readonly string[]).indexOf(role);
}

/** Whether a role has a capability. Until the role is known, nothing is hidden that most users have. */
export function mayRole(role: string | undefined, capability: Capability): boolean {
  const least = LEAST[capability];
  return role === undefined ? least === 'member' : rank(role) <= rank(least);
}
