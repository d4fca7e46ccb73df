import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { createApplier } from '@/api/live/apply';
import { connectLive } from '@/api/live/connect';
import { forgetLive, setLive } from '@/api/live/state';

/** Keeps what is shown up to date with what other tabs, devices and people change. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const applier = createApplier(client);
    const disconnect = connectLive((message) => {
      if (message.type === 'state') setLive(message.live);
      applier.hear(message);
    });
    return () => {
      disconnect();
      applier.stop();
      forgetLive();
    };
  }, [client]);
}
