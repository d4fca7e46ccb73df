import { body, http } from '@/api/http';
import type { Schemas } from '@/api/types';
import { currentSession, endSession } from '@/api/session';

/**
 * Ends the session, on the server first: where it cannot be reached the user stays signed in, and is told so. Where a provider of single
 * sign-on has vouched for the user, the browser goes on to its page, which ends the session there.
 */
export async function signOut(): Promise<void> {
  const session = currentSession();
  // Without such a page the answer has no body.
  const departure = (await body(http.POST('/api/auth/sign-out'))) as Schemas['SignOnDeparture'] | undefined;
  endSession(session, 'signed-out');
  if (departure) window.location.assign(departure.location);
}
