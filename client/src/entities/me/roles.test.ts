import { expect, it } from 'vitest';
// The one table of capabilities is the server's.
// eslint-disable-next-line no-restricted-imports
import table from '../../../../crates/core/src/access/capability.rs?raw';
import { rolesToGive, seesAllTime } from './role-rules';
import { mayRole, ROLES, type Capability } from './roles';

const CAPABILITIES: readonly Capability[] = [
  'track_time',
  'manage_tags',
  'manage_projects',
  'see_amounts',
  'manage_rates',
  'import',
  'manage_members',
  'see_audit_log',
  'delete_workspace',
];

/** The words of a line of the table, for owner, admin, manager, member and viewer. */
function reaches(capability: string): string[] {
  const [, words = ''] = new RegExp(`= "${capability}":\\s*((?:\\w+ +){4}\\w+),`).exec(table) ?? [];
  return words.split(/\s+/);
}

it.each(CAPABILITIES)('%s is offered to the roles that have it', (capability) => {
  expect(reaches(capability)).toHaveLength(5);
  expect(ROLES.map((role) => mayRole(role, capability))).toEqual(
    reaches(capability).map((reach) => reach !== 'no'),
  );
});

it('entries are changed by the roles that track time', () => {
  expect(reaches('change_entries').map((reach) => reach !== 'no')).toEqual(
    ROLES.map((role) => mayRole(role, 'track_time')),
  );
});

it('of a role that is not known yet, nothing is offered that members do not have', () => {
  expect(CAPABILITIES.filter((capability) => mayRole(undefined, capability))).toEqual([
    'track_time',
    'manage_tags',
  ]);
});

it('roles are given up to the own one, to members who have no higher one', () => {
  expect(rolesToGive('owner', 'owner')).toEqual(['owner', 'admin', 'manager', 'member', 'viewer']);
  expect(rolesToGive('admin', 'member')).toEqual(['admin', 'manager', 'member', 'viewer']);
  expect(rolesToGive('admin', 'owner')).toEqual([]);
  expect(rolesToGive('manager', 'viewer')).toEqual([]);
});

it('all but members see the time of all', () => {
  expect(ROLES.map(seesAllTime)).toEqual([true, true, true, false, true]);
});
