/** Lines of the audit log as sentences. */
import type { Schemas } from '@/api/types';
import type { Role } from '@/entities/me/roles';
import { t } from '@/messages/account';

export type AuditLine = Schemas['AuditLogLine'];

interface Names {
  /** Of a member, also a former one. */
  member: (id: unknown) => string | undefined;
  project: (id: unknown) => string | undefined;
}

/** What the server writes of a workspace, in the order in which a filter offers it. */
export const ACTIONS = [
  'membership.role_changed',
  'membership.ended',
  'membership.placeholder_claimed',
  'membership.placeholder_moved',
  'invitation.created',
  'invitation.sent_again',
  'invitation.revoked',
  'invitation.accepted',
  'project.privacy_changed',
  'project.member_changed',
  'project.member_removed',
  'report_link.created',
  'report_link.revoked',
  'workspace.created',
  'workspace.changed',
  'workspace.placeholders_made',
] as const;

function roleOf(role: unknown): string {
  return typeof role === 'string' ? (t.members.roles[role as Role] ?? role) : t.audit.noRole;
}

/** What happened, to whom and from what to what; who did it stands beside. */
export function sentence({ action, objectId, details }: AuditLine, { member, project }: Names): string {
  const words = t.audit.did;
  const of = details as Record<string, unknown>;
  const person = member(objectId) ?? t.audit.someone;
  const place = project(objectId) ?? t.audit.unknownProject;
  switch (action) {
    case 'membership.role_changed':
      return words.roleChanged(person, roleOf(of.before ?? of.from), roleOf(of.after ?? of.to));
    case 'membership.ended':
      return of.left === true ? words.left(roleOf(of.role)) : words.removed(person, roleOf(of.role));
    case 'membership.placeholder_claimed':
      return words.placeholderClaimed(person);
    case 'membership.placeholder_moved':
      return words.placeholderMoved(person, Number(of.entries));
    case 'workspace.placeholders_made':
      return words.placeholdersMade(Number(of.placeholders));
    case 'invitation.created':
      return words.invited(roleOf(of.role));
    case 'invitation.sent_again':
      return words.invitedAgain(roleOf(of.role));
    case 'invitation.revoked':
      return words.invitationRevoked(roleOf(of.role));
    case 'invitation.accepted':
      return words.joined(roleOf(of.role));
    case 'project.privacy_changed':
      return of.after === true ? words.madePrivate(place) : words.madeOpen(place);
    case 'project.member_changed': {
      const who = member(of.user) ?? t.audit.someone;
      return of.after === 'lead' ? words.ledProject(who, place) : words.addedToProject(who, place);
    }
    case 'project.member_removed':
      return words.removedFromProject(member(of.user) ?? t.audit.someone, place);
    case 'report_link.created':
      return words.linkMade;
    case 'report_link.revoked':
      return words.linkRevoked;
    case 'workspace.created':
      return words.workspaceMade;
    case 'workspace.changed':
      return of.name === true
        ? of.timeZone === true
          ? words.workspaceChanged
          : words.workspaceRenamed
        : words.zoneChanged;
    // Of a later version of the server.
    default:
      return words.other(action);
  }
}
