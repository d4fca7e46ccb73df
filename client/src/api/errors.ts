import { deferred } from '@/lib/deferred';
import type { ErrorBody } from './types';
import { t } from '@/messages/first';

/** Sentences by code come after the page is shown; until then, and for codes of a newer server, the server's own are shown. */
const part = deferred(() => import('@/messages/later'));

/** An answer of the server that is an error, as its envelope tells it. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null,
    readonly fields: readonly { field: string; code: string; message: string }[] = [],
    /** In so many seconds another attempt is looked at; null when the server does not say. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  /** What is wrong with one field of the request, for people. */
  field(name: string): string | undefined {
    const wrong = this.fields.find(({ field }) => field === name || field.endsWith(`.${name}`));
    return wrong && this.ofField({ ...wrong, field: name });
  }

  /** What is wrong with the first field that the server names, or with the request as a whole. */
  get firstMessage(): string {
    const [first] = this.fields;
    return first ? this.ofField(first) : errorMessage(this);
  }

  private ofField({ field, code, message }: { field: string; code: string; message: string }): string {
    const known = part.current();
    return (
      known?.t.fieldsOfErrors[`${this.code} ${field} ${code}`] ??
      known?.t.fieldsOfErrors[`${this.code} ${field}`] ??
      known?.t.fields[code] ??
      known?.t.errors[this.code] ??
      message
    );
  }
}

/** Another page, device or person has changed the same fields since they were shown here. */
export class ConflictError<T = unknown> extends ApiError {
  override readonly name = 'ConflictError';

  constructor(
    /** What the server has now. */
    readonly theirs: T,
    /** The fields that both sides changed, by their names in the API. */
    readonly both: readonly string[],
  ) {
    super(412, 'precondition_failed', t.connection.conflict, null);
  }
}

/** No answer came: the server, or the network on the way to it, is down. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError';
}

/** This computer has no connection, so nothing was sent. */
export class OfflineError extends ConnectionError {
  override readonly name = 'OfflineError';
}

/** The page itself cannot go on; its message is a sentence for people. */
export class PageError extends Error {
  override readonly name: string = 'PageError';
}

/** Something between the page and the server has answered: a proxy whose sign-in has ended, a hotel's network. */
export class ForeignAnswerError extends Error {
  override readonly name = 'ForeignAnswerError';
}

function isEnvelope(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
}

/** The statuses of a proxy or network that asks for credentials with a page of its own. */
const ASKS_TO_SIGN_IN = new Set([401, 403, 407, 511]);

/** What a proxy answers in place of a server that it does not reach. */
const UNAVAILABLE = new Set([502, 503, 504]);

/** Reads an error answer; one that is no envelope comes from something between us and the server. */
export function toApiError(
  status: number,
  requestId: string | null,
  body: unknown,
  retryAfter: number | null = null,
): ApiError | ForeignAnswerError {
  if (isEnvelope(body)) {
    return new ApiError(status, body.code, body.message, body.requestId, body.fields ?? [], retryAfter);
  }
  if (ASKS_TO_SIGN_IN.has(status)) return new ForeignAnswerError();
  const message = UNAVAILABLE.has(status) ? t.connection.unavailable : t.connection.statusOnly(status);
  return new ApiError(status, 'unreadable_answer', message, requestId);
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

/** Whether a visit to the page itself helps, because that is where a proxy lets people sign in again. */
export function needsReload(error: unknown): boolean {
  return error instanceof ForeignAnswerError;
}

/** One sentence for people, whatever was thrown. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return part.current()?.t.errors[error.code] ?? error.message;
  if (error instanceof OfflineError) return t.connection.offline;
  if (error instanceof ConnectionError) return t.connection.unreachable;
  if (error instanceof ForeignAnswerError) return t.connection.foreignAnswer;
  // The page shows only that a script failed; the console has the details.
  return error instanceof PageError ? error.message : t.connection.unknown;
}

/** The server, or the way to it, is down, and what was asked for was not looked at. */
export function isOutage(error: unknown): boolean {
  if (error instanceof ApiError) return UNAVAILABLE.has(error.status);
  return error instanceof ConnectionError;
}

/** An error that another attempt may cure: the network's, the server's own, or that of something in between. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500;
  return error instanceof ConnectionError || error instanceof ForeignAnswerError;
}
