import { onlineManager } from '@tanstack/react-query';
import { takeEarly } from './early';
import { ConnectionError, ForeignAnswerError, OfflineError } from './errors';
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

/** Whether an answer has nothing to read: what the server does later is accepted without a body. */
export function isEmpty({ status, headers }: Response): boolean {
  return status === 204 || (status === 202 && !headers.has('Content-Type'));
}

/** Whether this is an answer of the server: its success is JSON, or nothing, and it is no redirect. */
function isFromServer(response: Response): boolean {
  if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) return false;
  if (!response.ok || isEmpty(response)) return true;
  return /^application\/([\w.-]+\+)?json\b/i.test(response.headers.get('Content-Type') ?? '');
}

async function send(request: Request): Promise<Response> {
  let response;
  try {
    // A redirect is a proxy's: followed, its page of another origin would look like a lost connection.
    response = await fetch(request.clone(), { redirect: 'manual' });
  } catch (error) {
    throw error instanceof TypeError ? new ConnectionError(error.message, { cause: error }) : error;
  }
  if (!isFromServer(response)) throw new ForeignAnswerError();
  return response;
}

/**
 * `fetch` for the API. Each POST gets an `Idempotency-Key` of its own, so that it can be sent again
 * after a lost connection or a restart of the server without happening twice. GET is repeated by
 * TanStack Query, PATCH and DELETE carry `If-Match`; neither is repeated here. Without a connection
 * a change is refused at once: what can wait for one is never sent before there is one.
 */
export async function resilientFetch(request: Request): Promise<Response> {
  const isPost = request.method === 'POST';
  // What is about an account is not sent again after a lost answer: its answers hold secrets, which are stored nowhere.
  const isRepeatable = !new URL(request.url).pathname.includes('/api/auth/');
  if (request.method !== 'GET' && !onlineManager.isOnline()) throw new OfflineError();
  if (isPost && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', newKey());
  }
  const early = await takeEarly(request);
  if (early && isFromServer(early.response)) {
    learnServerTime(early.response.headers.get('Date'), early.sent, early.received);
    return early.response;
  }
  for (let attempt = 0; ; attempt += 1) {
    const wait = isPost ? RETRY_AFTER_MS[attempt] : undefined;
    const sent = Date.now();
    try {
      const response = await send(request);
      learnServerTime(response.headers.get('Date'), sent, Date.now());
      if (wait === undefined || !WORTH_A_RETRY.has(response.status)) return response;
      await pause(askedPause(response) ?? wait, request.signal);
    } catch (error) {
      if (
        wait === undefined ||
        !isRepeatable ||
        !(error instanceof ConnectionError) ||
        request.signal.aborted
      )
        throw error;
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
