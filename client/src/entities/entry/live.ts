/** Live updates, loaded after the page is shown. */
import { createApplier } from '@/api/live/apply';
import { connectLive } from '@/api/live/connect';
import type { StartLive } from '@/hooks/use-live-updates';
import { takeEntryChanges } from './take-changes';

export const startLive: StartLive = (client, onMessage) => {
  const applier = createApplier(client, takeEntryChanges(client));
  const live = connectLive((message) => {
    onMessage(message);
    applier.hear(message);
  });
  return {
    wake: () => live.wake(),
    close: () => {
      live.close();
      applier.stop();
    },
  };
};
