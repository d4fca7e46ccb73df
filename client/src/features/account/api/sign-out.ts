import { body, http } from '@/api/http';
import { currentSession, endSession } from '@/api/session';

/** Ends the session, on the server first: where it cannot be reached the user stays signed in, and is told so. */
export async function signOut(): Promise<void> {
  const session = currentSession();
  await body(http.POST('/api/auth/sign-out'));
  endSession(session, 'signed-out');
}
