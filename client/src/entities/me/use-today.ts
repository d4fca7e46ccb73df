import type { Temporal } from 'temporal-polyfill';
import { useMemo, useSyncExternalStore } from 'react';
import { useTimeZone } from './me';
import { serverNow } from '@/api/server-clock';
import { dayOf, parseDay } from '@/lib/time/zoned';

function subscribe(listener: () => void): () => void {
  const timer = setInterval(listener, 10_000);
  document.addEventListener('visibilitychange', listener);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', listener);
  };
}

/** Today in the user's time zone; it changes at midnight without a reload. */
export function useToday(): Temporal.PlainDate {
  const timeZone = useTimeZone();
  const text = useSyncExternalStore(subscribe, () => dayOf(serverNow(), timeZone).toString());
  return useMemo(() => parseDay(text) ?? dayOf(serverNow(), timeZone), [text, timeZone]);
}
