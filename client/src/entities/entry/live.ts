import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { createApplier } from '@/api/live/apply';
import { connectLive } from '@/api/live/connect';
import { forgetLive, setLive } from '@/api/live/state';
import { keys } from '@/api/keys';
import { watchOutages } from '@/api/recovery';
import { currentSession } from '@/api/session';
import { takeEntryChanges } from './take-changes';

/** Pages that lost the same server ask for the session spread over this time. */
const CHECK_WITHIN_MS = 1_000;

function startLive(client: QueryClient): () => void {
  const recovery = watchOutages(client, () => live.wake());
  const applier = createApplier(client, takeEntryChanges(client));
  let wasLive = false;
  let check: ReturnType<typeof setTimeout> | undefined;
  const live = connectLive((message) => {
    if (message.type === 'state') {
      setLive(message.live);
      if (message.live) recovery.connected();
      // The stream ends with the session, also with one that was ended on another device.
      if (wasLive && !message.live && currentSession().owner !== null)
        check = setTimeout(
          () => void client.refetchQueries({ queryKey: keys.me }),
          Math.random() * CHECK_WITHIN_MS,
        );
      wasLive = message.live;
    }
    applier.hear(message);
  });
  return () => {
    clearTimeout(check);
    live.close();
    applier.stop();
    recovery.stop();
    forgetLive();
  };
}

/**
 * Keeps what is shown up to date with what other tabs, devices and people change, also after the server was away; once per page. It
 * comes after the page is shown: a stream begins with the changes of the minute before.
 */
export function LiveUpdates(): null {
  const client = useQueryClient();
  useEffect(() => startLive(client), [client]);
  return null;
}
