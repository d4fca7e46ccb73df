import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { forgetLive, setLive } from '@/api/live/state';
import type { LiveMessage, LiveStream } from '@/api/live/stream';
import { keys } from '@/api/keys';
import { watchOutages } from '@/api/recovery';
import { currentSession } from '@/api/session';

/** Pages that lost the same server ask for the session spread over this time. */
const CHECK_WITHIN_MS = 1_000;

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
    let wasLive = false;
    let check: ReturnType<typeof setTimeout> | undefined;
    const live = start(client, (message) => {
      if (message.type !== 'state') return;
      setLive(message.live);
      if (message.live) connected.current();
      // The stream ends with the session, also with one that was ended on another device.
      if (wasLive && !message.live && currentSession().owner !== null)
        check = setTimeout(
          () => void client.refetchQueries({ queryKey: keys.me }),
          Math.random() * CHECK_WITHIN_MS,
        );
      wasLive = message.live;
    });
    wake.current = () => live.wake();
    return () => {
      clearTimeout(check);
      wake.current = () => undefined;
      live.close();
      forgetLive();
    };
  }, [client, start]);
}
