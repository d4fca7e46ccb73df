import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { createApplier, type TakeEntries } from '@/api/live/apply';
import { connectLive } from '@/api/live/connect';
import { forgetLive, setLive } from '@/api/live/state';
import { watchOutages } from '@/api/recovery';

/** Keeps what is shown up to date with what other tabs, devices and people change, also after the server was away. */
export function useLiveUpdates(takeEntries: (client: QueryClient) => TakeEntries): void {
  const client = useQueryClient();
  useEffect(() => {
    const applier = createApplier(client, takeEntries(client));
    const recovery = watchOutages(client, () => live.wake());
    const live = connectLive((message) => {
      if (message.type === 'state') {
        setLive(message.live);
        if (message.live) recovery.connected();
      }
      applier.hear(message);
    });
    return () => {
      live.close();
      recovery.stop();
      applier.stop();
      forgetLive();
    };
  }, [client, takeEntries]);
}
