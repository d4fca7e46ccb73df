import { expect, it } from 'vitest';
import { managesProjects, rolesToGive, seesAllTime } from './roles';

it('roles are given up to the own one, to members who have no higher one', () => {
  expect(rolesToGive('owner', 'owner')).toEqual(['owner', 'admin', 'manager', 'member', 'viewer']);
  expect(rolesToGive('admin', 'member')).toEqual(['admin', 'manager', 'member', 'viewer']);
  expect(rolesToGive('admin', 'owner')).toEqual([]);
  expect(rolesToGive('manager', 'viewer')).toEqual([]);
});

it('managers change projects, and all but members see the time of all', () => {
  expect(['owner', 'admin', 'manager', 'member', 'viewer'].map(managesProjects)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
  expect(['owner', 'admin', 'manager', 'member', 'viewer'].map(seesAllTime)).toEqual([
    true,
    true,
    true,
    false,
    true,
  ]);
});
