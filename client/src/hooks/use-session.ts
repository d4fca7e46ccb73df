import { useSyncExternalStore } from 'react';
import { sessionState, subscribeSession } from '@/api/session';

/** The session of the page, and whether the user may see it. */
export function useSession() {
  return useSyncExternalStore(subscribeSession, sessionState);
}
