import createClient from 'openapi-fetch';
import { basePath } from '@/base-path';
import { toApiError } from './errors';
import { resilientFetch } from './resilient-fetch';
import type { paths } from './schema.gen';

/** The API, typed by the contract of the server. */
export const http = createClient<paths>({
  baseUrl: window.location.origin + basePath,
  fetch: resilientFetch,
  // `tagId=a&tagId=b`, as the server reads lists.
  querySerializer: { array: { style: 'form', explode: true } },
});

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
