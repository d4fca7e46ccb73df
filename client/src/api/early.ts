/** What was asked for before the scripts of the page were there (public/early.js). */
import { forgetWithSession } from '@/lib/forget';

interface EarlyRequest {
  /** When, in milliseconds by the local clock. */
  sent: number;
  answer: Promise<{ response: Response; received: number }>;
}

declare global {
  interface Window {
    /** By URL. */
    clockworkEarly?: Record<string, EarlyRequest>;
  }
}

/** Older answers are not the present any more. */
const MAX_AGE_MS = 30_000;

// Answers for the user of a session are not for the next one.
forgetWithSession(() => {
  delete window.clockworkEarly;
});

/** What has to be asked for again is an error that another attempt may cure. A session that has ended stays so. */
const ENDED = 401;

/** The answer to a request that was sent early, once: the next time it is asked anew. Undefined when there is none that can be used. */
export async function takeEarly({ method, url }: Request) {
  const early = window.clockworkEarly?.[url];
  if (method !== 'GET' || !early) return undefined;
  delete window.clockworkEarly?.[url];
  if (Date.now() - early.sent > MAX_AGE_MS) return undefined;
  const answer = await early.answer.catch(() => undefined);
  return answer && (answer.response.ok || answer.response.status === ENDED)
    ? { ...answer, sent: early.sent }
    : undefined;
}
