import { useSyncExternalStore } from 'react';
import { preferences, subscribePreferences, type Preferences } from '@/lib/preferences';

/** How the person wants things shown. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribePreferences, preferences);
}
