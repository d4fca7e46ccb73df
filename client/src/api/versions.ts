/**
 * Which version of an object this page has shown and which `ETag` belongs to it. An edit carries the
 * tag of the version that the user saw, so that two tabs or two people do not overwrite each other.
 */
import { ApiError } from './errors';
import { answered } from './http';

interface Versioned {
  id: string;
  updatedAt: string;
}

interface Known {
  etag: string;
  updatedAt: string;
  /** Versions that edits of this page itself replaced: an edit made on top of them is no conflict. */
  own: Set<string>;
}

const known = new Map<string, Known>();

type Answer<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

function note(object: Versioned, response: Response, replaced?: string): void {
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

function conflict(): ApiError {
  return new ApiError(412, 'precondition_failed', 'It was changed elsewhere in the meantime.', null);
}

/** The tag for an edit of `seen`; throws 412 when the server has another version by now. */
async function etagOf<T extends Versioned>(
  seen: Versioned,
  get: () => Answer<T>,
): Promise<string | undefined> {
  const cached = known.get(seen.id);
  if (cached && (cached.updatedAt === seen.updatedAt || cached.own.has(seen.updatedAt))) return cached.etag;
  const { data, response } = await answered(get());
  note(data, response);
  if (data.updatedAt !== seen.updatedAt) throw conflict();
  return response.headers.get('ETag') ?? undefined;
}

/** Deletes the version that the user saw. */
export async function remove<T extends Versioned>(
  seen: Versioned,
  get: () => Answer<T>,
  send: (ifMatch: { 'If-Match'?: string }) => Answer<unknown>,
): Promise<void> {
  const etag = await etagOf(seen, get);
  await answered(send(etag ? { 'If-Match': etag } : {}));
  known.delete(seen.id);
}

/** Sends an edit of the version that the user saw. */
export async function edit<T extends Versioned>(
  seen: Versioned,
  get: () => Answer<T>,
  patch: (ifMatch: { 'If-Match'?: string }) => Answer<T>,
): Promise<T> {
  const etag = await etagOf(seen, get);
  const { data, response } = await answered(patch(etag ? { 'If-Match': etag } : {}));
  note(data, response, known.get(seen.id)?.updatedAt);
  return data;
}
