import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { forgetLive, setLive } from '@/api/live/state';
import type { LiveMessage, LiveStream } from '@/api/live/stream';
import { watchOutages } from '@/api/recovery';

/** Begins to take what is told into what is shown. */
export type StartLive = (client: QueryClient, onMessage: (message: LiveMessage) => void) => LiveStream;

/**
 * Keeps what is shown up to date with what other tabs, devices and people change, also after the server was away. What tells of changes
 * comes after the page is shown: a stream begins with the changes of the minute before.
 */
export function useLiveUpdates(start: StartLive | undefined): void {
  const client = useQueryClient();
  const wake = useRef(() => undefined as void);
  const connected = useRef(() => undefined as void);
  useEffect(() => {
    const recovery = watchOutages(client, () => wake.current());
    connected.current = () => recovery.connected();
    return () => recovery.stop();
  }, [client]);
  useEffect(() => {
    if (!start) return;
    const live = start(client, (message) => {
      if (message.type !== 'state') return;
      setLive(message.live);
      if (message.live) connected.current();
    });
    wake.current = () => live.wake();
    return () => {
      wake.current = () => undefined;
      live.close();
      forgetLive();
    };
  }, [client, start]);
}
