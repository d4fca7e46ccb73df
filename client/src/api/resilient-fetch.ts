import { learnServerTime } from './server-clock';

const RETRY_AFTER_MS = [400, 1_600];
const WORTH_A_RETRY = new Set([502, 503, 504]);

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('The request was aborted', 'AbortError'));
    });
  });
}

/** How long the server asks to wait, when it asks for a time that a person would wait too. */
function askedPause(response: Response): number | null {
  const seconds = Number(response.headers.get('Retry-After') ?? NaN);
  return Number.isFinite(seconds) && seconds > 0 && seconds <= 5 ? seconds * 1000 : null;
}

/**
 * `fetch` for the API. Each POST gets an `Idempotency-Key` of its own, so that it can be sent again
 * after a lost connection or a restart of the server without happening twice. GET is repeated by
 * TanStack Query, PATCH and DELETE carry `If-Match`; neither is repeated here.
 */
export async function resilientFetch(request: Request): Promise<Response> {
  const isPost = request.method === 'POST';
  if (isPost && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', newKey());
  }
  for (let attempt = 0; ; attempt += 1) {
    const wait = isPost ? RETRY_AFTER_MS[attempt] : undefined;
    const sent = Date.now();
    try {
      const response = await fetch(request.clone());
      learnServerTime(response.headers.get('Date'), sent, Date.now());
      if (wait === undefined || !WORTH_A_RETRY.has(response.status)) return response;
      await pause(askedPause(response) ?? wait, request.signal);
    } catch (error) {
      if (wait === undefined || request.signal.aborted) throw error;
      await pause(wait, request.signal);
    }
  }
}

/** A key of 128 random bits; `crypto.randomUUID` is missing where the page is not served over TLS. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
