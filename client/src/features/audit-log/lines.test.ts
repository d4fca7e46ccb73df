import { expect, it } from 'vitest';
import { ACTIONS, sentence, type AuditLine } from './lines';

const ADA = '01900000-0000-7000-8000-000000000001';
const SITE = '01900000-0000-7000-8000-000000000002';
const names = {
  member: (id: unknown) => (id === ADA ? 'Ada' : undefined),
  project: (id: unknown) => (id === SITE ? 'Site' : undefined),
};

function line(action: string, objectId: string, details: object): AuditLine {
  return {
    id: '01900000-0000-7000-8000-000000000009',
    at: '2026-03-01T08:00:00Z',
    actor: 'session',
    userId: ADA,
    address: null,
    action,
    object: 'membership',
    objectId,
    details: details as never,
  };
}

it.each([
  [
    'membership.role_changed',
    ADA,
    { before: 'member', after: 'admin' },
    'changed the role of Ada from Member to Administrator',
  ],
  // As a sign-on provider changes it.
  [
    'membership.role_changed',
    ADA,
    { from: 'admin', to: 'viewer', provider: 'x' },
    'changed the role of Ada from Administrator to Viewer',
  ],
  ['membership.ended', ADA, { role: 'member', left: true }, 'left the workspace (role: Member)'],
  ['membership.ended', 'x', { role: 'member', left: false }, 'removed a former user (role: Member)'],
  ['membership.placeholder_claimed', ADA, { placeholder: 'x' }, 'made a placeholder Ada'],
  ['membership.placeholder_moved', ADA, { entries: 3 }, 'gave Ada the 3 entries of a placeholder'],
  ['workspace.placeholders_made', 'x', { placeholders: 1 }, 'made 1 placeholder by an import'],
  ['project.member_changed', SITE, { user: ADA, before: null, after: 'lead' }, 'made Ada a lead of Site'],
  ['project.privacy_changed', 'x', { before: false, after: true }, 'made a deleted project private'],
  ['workspace.changed', 'x', { name: true, timeZone: false }, 'renamed the workspace'],
  ['later.thing', 'x', {}, 'did something that this page has no words for (later.thing)'],
])('%s of %s is a sentence', (action, objectId, details, text) => {
  expect(sentence(line(action, objectId, details), names)).toBe(text);
});

it('every action that can be chosen has a sentence', () => {
  for (const action of ACTIONS) expect(sentence(line(action, ADA, {}), names)).not.toContain(action);
});
