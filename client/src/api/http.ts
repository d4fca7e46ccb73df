import type { Client } from 'openapi-fetch';
import { basePath } from '@/base-path';
import { toApiError } from './errors';
import { resilientFetch } from './resilient-fetch';
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
function queryString(query: NonNullable<Init['params']>['query'] = {}): string {
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
  if (response.status === 204) return undefined;
  if (response.ok) return response.json();
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function sender(method: string) {
  return async (path: string, { params = {}, body: content, signal }: Init = {}) => {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(params.path?.[name] ?? ''),
    );
    const headers = new Headers(params.header);
    if (content !== undefined) headers.set('Content-Type', 'application/json');
    const request = new Request(window.location.origin + basePath + filled + queryString(params.query), {
      method,
      headers,
      ...(content === undefined ? {} : { body: JSON.stringify(content) }),
      ...(signal ? { signal } : {}),
    });
    const response = await resilientFetch(request);
    const found = await read(response);
    return response.ok ? { data: found, response } : { error: found, response };
  };
}

/** The API, typed by the contract of the server. */
export const http = {
  GET: sender('GET'),
  POST: sender('POST'),
  PATCH: sender('PATCH'),
  DELETE: sender('DELETE'),
} as unknown as Pick<Client<paths>, 'GET' | 'POST' | 'PATCH' | 'DELETE'>;

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
  if (!response.ok) throw toApiError(response.status, response.headers.get('X-Request-ID'), error);
  return { data: data as T, response };
}
