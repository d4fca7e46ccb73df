import type { Client } from 'openapi-fetch';
import { basePath } from '@/base-path';
import { toApiError } from './errors';
import { isEmpty, resilientFetch } from './resilient-fetch';
import { currentSession, endSession, sessionState, type Session } from './session';
import type { paths } from './schema.gen';

type QueryValue = string | number | boolean | null | undefined;

interface Init {
  params?: {
    path?: Record<string, string>;
    query?: Record<string, QueryValue | readonly QueryValue[]>;
    header?: Record<string, string>;
  };
  body?: unknown;
  signal?: AbortSignal;
}

/** `tagId=a&tagId=b`, as the server reads lists; what is not set is left out. */
export function queryString(query: NonNullable<Init['params']>['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue]) {
      if (one !== undefined && one !== null) search.append(name, String(one));
    }
  }
  const text = search.toString();
  return text && `?${text}`;
}

/** An answer's body, when it has one; of an error also one that is no JSON. */
async function read(response: Response): Promise<unknown> {
  if (isEmpty(response)) return undefined;
  if (response.ok) return response.json();
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** The code of the one error that says that there is no session. Wrong passwords and codes have others. */
const NO_SESSION = 'unauthenticated';

/** Ends the session if the server has; what was asked for in it then has no answer. */
export function noteAnswer(session: Session, status: number, found: unknown): boolean {
  if (status !== 401 || (found as { code?: unknown } | null)?.code !== NO_SESSION) return false;
  endSession(session, 'ended');
  return session !== currentSession() || sessionState().access !== 'app';
}

/** A promise for what belonged to a session that has ended: nothing waits for it any more, and no error of it is shown. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

function sender(method: string) {
  return async (path: string, { params = {}, body: content, signal }: Init = {}) => {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(params.path?.[name] ?? ''),
    );
    const headers = new Headers(params.header);
    if (content !== undefined) headers.set('Content-Type', 'application/json');
    const session = currentSession();
    const url = window.location.origin + basePath + session.path(filled) + queryString(params.query);
    const request = new Request(url, {
      method,
      headers,
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
      ...(signal ? { signal } : {}),
    });
    const response = await resilientFetch(request);
    const found = await read(response);
    if (noteAnswer(session, response.status, found)) return never();
    return response.ok ? { data: found, response } : { error: found, response };
  };
}

/** The API, typed by the contract of the server. */
export const http = {
  GET: sender('GET'),
  POST: sender('POST'),
  PUT: sender('PUT'),
  PATCH: sender('PATCH'),
  DELETE: sender('DELETE'),
} as unknown as Pick<Client<paths>, 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'>;

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer; throws an {@link ApiError} when it is an error. */
export async function body<T>(answer: Promise<Answer<T>>): Promise<T> {
  return (await answered(answer)).data;
}

/** The body of an answer and the answer itself, for its headers. */
export async function answered<T>(answer: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  const { data, error, response } = await answer;
  if (!response.ok) {
    const seconds = Number(response.headers.get('Retry-After') ?? NaN);
    throw toApiError(
      response.status,
      response.headers.get('X-Request-ID'),
      error,
      Number.isFinite(seconds) ? seconds : null,
    );
  }
  return { data: data as T, response };
}
