import type { ErrorBody } from './types';

/** An answer of the server that is an error, as its envelope tells it. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

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

function isEnvelope(body: unknown): body is ErrorBody {
  return typeof body === 'object' && body !== null && 'code' in body && 'message' in body;
}

/** Reads an error answer; one that is no envelope comes from something between us and the server. */
export function toApiError(status: number, requestId: string | null, body: unknown): ApiError {
  if (isEnvelope(body)) {
    return new ApiError(status, body.code, body.message, body.requestId, body.fields ?? []);
  }
  return new ApiError(status, 'unreadable_answer', `The server answered with status ${status}.`, requestId);
}

export function isApiError(error: unknown, code?: string): error is ApiError {
  return error instanceof ApiError && (code === undefined || error.code === code);
}

/** One sentence for people, whatever was thrown. */
export function errorMessage(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return 'The server cannot be reached.';
  return error instanceof Error ? error.message : 'Something went wrong.';
}

/** An error that another attempt may cure: the network's, or the server's own. */
export function mayPass(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status >= 500;
}
