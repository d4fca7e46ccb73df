/** Which entries a list or a total is about. */
import { serverNow } from '@/api/server-clock';
import { untold } from '@/api/query-client';
import { currentSession } from '@/api/session';
import type { Entry } from '@/api/types';
import { overlapsRange } from '@/lib/time/timeline';
import { toMillis } from '@/lib/time/zoned';

/** The filters of the entry list, as the API takes them. */
export interface EntryFilters {
  /** With time at or after this instant. */
  overlapFrom?: string;
  /** With time before this instant. */
  overlapTo?: string;
  projectId?: string;
  categoryId?: string;
  clientId?: string;
  tagId?: string[];
  q?: string;
  billable?: boolean;
  /** Of these members, or `all`; the user's own when absent. */
  member?: string[];
}

/** Whether the entry is the user's own; one that the server has not made yet is. */
export function isOwn({ userId }: Pick<Entry, 'userId'>): boolean {
  const { owner } = currentSession();
  return owner === null || userId === '' || userId === owner;
}

function isOfMembers(entry: Entry, member: EntryFilters['member']): boolean {
  if (member === undefined) return isOwn(entry);
  const id = entry.userId || currentSession().owner;
  return member.includes('all') || (id !== null && member.includes(id));
}

/** So often what has entries of others is asked for again: live updates do not carry what others change. */
const OTHERS_MS = 60_000;

/** How a list or total of entries follows what others change. */
export function following({ member }: EntryFilters) {
  return member && { ...untold, refetchInterval: OTHERS_MS };
}

/** The same as parameters of a request. */
export function filterParameters(filters: EntryFilters) {
  return { ...filters, ...(filters.categoryId ? { includeSubcategories: true } : {}) };
}

/** Where the range of the filters lies; an open end is infinite. */
function rangeOf({ overlapFrom, overlapTo }: EntryFilters): { from: number; to: number } {
  return {
    from: overlapFrom === undefined ? -Infinity : toMillis(overlapFrom),
    to: overlapTo === undefined ? Infinity : toMillis(overlapTo),
  };
}

/** Whether a list with these filters has the entry; null when only the server can tell. */
export function isListed(entry: Entry, filters: EntryFilters): boolean | null {
  const { projectId, categoryId, clientId, tagId, q, billable } = filters;
  const { from, to } = rangeOf(filters);
  const isOut =
    !isOfMembers(entry, filters.member) ||
    !overlapsRange(entry, from, to, serverNow()) ||
    (projectId !== undefined && projectId !== entry.projectId) ||
    (billable !== undefined && billable !== entry.billable) ||
    (tagId?.some((id) => !entry.tagIds.includes(id)) ?? false);
  if (isOut) return false;
  return isTold(filters) || (categoryId === entry.categoryId && clientId === undefined && q === undefined)
    ? true
    : null;
}

/** Whether the page can tell of each entry whether it passes the filters. */
export function isTold({ categoryId, clientId, q }: EntryFilters): boolean {
  return categoryId === undefined && clientId === undefined && q === undefined;
}
