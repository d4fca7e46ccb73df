import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginSession, chooseWorkspace, currentSession, endSession } from '@/api/session';
import { World } from '@/testing/world';
import { isListed, isOwn } from './filters';

const ADA = '01900000-0000-7000-8000-00000000000a';
const BEA = '01900000-0000-7000-8000-00000000000b';

describe('whose entries a list has', () => {
  const world = new World();
  const design = world.category(world.project('Site'), 'Design');
  const of = (userId: string) =>
    world.entry(design, '2026-01-05T09:00:00Z', '2026-01-05T10:00:00Z', { userId });

  beforeEach(() => beginSession(ADA));
  afterEach(() => {
    endSession(currentSession(), 'signed-out');
    chooseWorkspace(null);
    localStorage.clear();
  });

  it('is the user alone, with what the server has not made yet', () => {
    expect(isListed(of(ADA), {})).toBe(true);
    expect(isListed(of(''), {})).toBe(true);
    expect(isListed(of(BEA), {})).toBe(false);
  });

  it('is everyone, or one member, where that is chosen', () => {
    expect(isListed(of(BEA), { member: ['all'] })).toBe(true);
    expect(isListed(of(BEA), { member: [BEA] })).toBe(true);
    expect(isListed(of(ADA), { member: [BEA] })).toBe(false);
    expect(isListed(of(''), { member: [BEA] })).toBe(false);
    expect(isListed(of(''), { member: [ADA] })).toBe(true);
  });

  it('is everyone without accounts: there is one user', () => {
    endSession(currentSession(), 'signed-out');
    localStorage.clear();
    chooseWorkspace(null);
    expect(isOwn(of(BEA))).toBe(true);
  });
});
