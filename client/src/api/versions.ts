/**
 * Which version of an object this page has shown and which `ETag` belongs to it. An edit carries the
 * tag of the version that the user saw, so that two tabs or two people do not overwrite each other.
 */
import { ConflictError, isApiError } from './errors';
import { answered } from './http';
import { forgetWithSession } from '@/lib/forget';

interface Versioned {
  id: string;
  updatedAt: string;
}

/** The number of a version, where the object or its tag tells it. */
function revisionOf(object: object, etag?: string | null): number | null {
  if ('revision' in object && typeof object.revision === 'number') return object.revision;
  const [, digits] = /^(?:W\/)?"(\d+)"$/.exec(etag ?? '') ?? [];
  return digits === undefined ? null : Number(digits);
}

/** The newest versions that this page has seen in answers: news of them is no news. */
const seenRevisions = new Map<string, number>();

/** Notes that an answer had this version. */
export function noteSeen(object: Versioned, response?: Response): void {
  const revision = revisionOf(object, response?.headers.get('ETag'));
  if (revision !== null && revision > (seenRevisions.get(object.id) ?? -1))
    seenRevisions.set(object.id, revision);
}

/** Whether an answer has shown this version, or a newer one, already. */
export function hasSeen(id: string, revision: number | null): boolean {
  return revision !== null && (seenRevisions.get(id) ?? -1) >= revision;
}

interface Known {
  etag: string;
  updatedAt: string;
  /** Versions that edits of this page itself replaced: an edit made on top of them is no conflict. */
  own: Set<string>;
}

const known = new Map<string, Known>();

forgetWithSession(() => {
  known.clear();
  seenRevisions.clear();
});

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;
interface IfMatch {
  'If-Match'?: string;
}

/** How often an edit is made anew on top of what others changed meanwhile. */
const MAX_MERGES = 4;

function note(object: Versioned, response: Response, replaced?: string): void {
  noteSeen(object, response);
  const etag = response.headers.get('ETag');
  if (!etag) {
    known.delete(object.id);
    return;
  }
  const before = known.get(object.id);
  const own = replaced !== undefined && before ? before.own : new Set<string>();
  if (replaced !== undefined) own.add(replaced);
  known.set(object.id, { etag, updatedAt: object.updatedAt, own });
}

/** The tag of the version that was seen, or what the server has in its place. */
async function versionOf<T extends Versioned>(
  seen: Versioned,
  get: () => Answer<T>,
  isReplaced = false,
): Promise<{ ifMatch: IfMatch } | { theirs: T }> {
  const cached = known.get(seen.id);
  if (cached && (cached.updatedAt === seen.updatedAt || cached.own.has(seen.updatedAt)))
    return { ifMatch: { 'If-Match': cached.etag } };
  // A list tells the revisions of what is in it: nothing has to be asked for.
  const revision = revisionOf(seen);
  if (revision !== null && !cached && !isReplaced) return { ifMatch: { 'If-Match': `"${revision}"` } };
  const { data, response } = await answered(get());
  note(data, response);
  if (data.updatedAt !== seen.updatedAt) return { theirs: data };
  const etag = response.headers.get('ETag');
  return { ifMatch: etag ? { 'If-Match': etag } : {} };
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** A value in the form in which two of the same are equal: instants have more or fewer digits, lists of ids no order. */
function comparable(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  if (typeof value === 'string' && INSTANT.test(value)) return String(Date.parse(value));
  if (Array.isArray(value)) return JSON.stringify([...(value as unknown[])].map(String).sort());
  return JSON.stringify(value);
}

/** What of the changes is still to be made on top of `theirs`, and which fields both sides have changed. */
export function merge<C extends object>(
  seen: object,
  theirs: object,
  changes: C,
): { rest: Partial<C>; both: string[] } {
  const of = (object: object, name: string) => comparable(object[name as keyof typeof object]);
  const wanted = Object.entries(changes).filter(([name]) => of(changes, name) !== of(theirs, name));
  return {
    rest: Object.fromEntries(wanted) as Partial<C>,
    both: wanted.map(([name]) => name).filter((name) => of(theirs, name) !== of(seen, name)),
  };
}

/** Deletes the version that the user saw. */
export async function remove<T extends Versioned>(
  seen: Versioned,
  get: () => Answer<T>,
  send: (ifMatch: IfMatch) => Answer<unknown>,
): Promise<void> {
  const version = await versionOf(seen, get);
  if ('theirs' in version) throw new ConflictError(version.theirs, []);
  await answered(send(version.ifMatch));
  known.delete(seen.id);
}

/**
 * Sends an edit of the version that the user saw. When that has been replaced, the changes are made on top of the newer version, field
 * by field; a {@link ConflictError} only when the same field was changed on both sides, to different values.
 */
export async function edit<T extends Versioned, C extends object>(
  seen: T,
  changes: C,
  get: () => Answer<T>,
  patch: (changes: C, ifMatch: IfMatch) => Answer<T>,
): Promise<T> {
  let base = seen;
  let rest = changes;
  for (let merges = 0; ;) {
    const version = await versionOf(base, get, merges > 0);
    if ('theirs' in version) {
      base = version.theirs;
      const merged = merge(seen, base, changes);
      if (merged.both.length > 0) throw new ConflictError(base, merged.both);
      // It has arrived before, and the answer not; or another client made the same change.
      if (Object.keys(merged.rest).length === 0) return base;
      rest = merged.rest as C;
      continue;
    }
    try {
      const { data, response } = await answered(patch(rest, version.ifMatch));
      note(data, response, known.get(seen.id)?.updatedAt);
      return data;
    } catch (error) {
      if (!isApiError(error, 'precondition_failed')) throw error;
      merges += 1;
      if (merges > MAX_MERGES) throw error;
      known.delete(seen.id);
    }
  }
}
