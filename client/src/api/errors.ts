import type { ErrorBody } from './types';

/** An answer of the server that is an error, as its envelope tells it. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null,
    readonly fields: readonly { field: string; code: string; message: string }[] = [],
  ) {
    super(message);
  }

  /** What the server said about one field of the request. */
  field(name: string): string | undefined {
    return this.fields.find(({ field }) => field === name || field.endsWith(`.${name}`))?.message;
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
    super(412, 'precondition_failed', 'It was changed elsewhere in the meantime.', null);
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

/** Something between the page and the server has answered: a proxy whose sign-in has ended, a hotel's network. */
export class ForeignAnswerError extends Error {
  override readonly name = 'ForeignAnswerError';
}

function isEnvelope(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
}

/** Who asks for a name and a password with a page of its own, answers with these. */
const ASKS_TO_SIGN_IN = new Set([401, 403, 407, 511]);

/** What a proxy answers in place of a server that it does not reach. */
const UNAVAILABLE = new Set([502, 503, 504]);

/** Reads an error answer; one that is no envelope comes from something between us and the server. */
export function toApiError(
  status: number,
  requestId: string | null,
  body: unknown,
): ApiError | ForeignAnswerError {
  if (isEnvelope(body)) {
    return new ApiError(status, body.code, body.message, body.requestId, body.fields ?? []);
  }
  if (ASKS_TO_SIGN_IN.has(status)) return new ForeignAnswerError();
  const message = UNAVAILABLE.has(status)
    ? "The server isn't available at the moment."
    : `The server answered with status ${status}.`;
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
  if (error instanceof ApiError) return error.message;
  if (error instanceof OfflineError)
    return "You're offline, so this can't be saved. Try again when you're back online.";
  if (error instanceof ConnectionError) return "The server can't be reached.";
  if (error instanceof ForeignAnswerError)
    return 'Something else answered in place of the server, for example a proxy whose sign-in has ended. Reload the page to sign in again.';
  return error instanceof Error && error.message !== '' ? error.message : 'Something went wrong.';
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
