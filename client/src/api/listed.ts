/** Items that the API has in lists only. */
import { toApiError } from './errors';
import { answered } from './http';

interface Listed {
  id: string;
  revision: number;
}

/** One item of a list, as if it had been asked for alone: with the `ETag` of its revision. */
export async function listed<T extends Listed>(
  list: Promise<{ data?: T[]; error?: unknown; response: Response }>,
  id: string,
): Promise<{ data: T; response: Response }> {
  const { data, response } = await answered(list);
  const found = data.find((item) => item.id === id);
  if (!found) {
    const gone = { code: 'not_found', message: 'not found', requestId: '' };
    throw toApiError(404, response.headers.get('X-Request-ID'), gone);
  }
  return { data: found, response: new Response(null, { headers: { ETag: `"${found.revision}"` } }) };
}
