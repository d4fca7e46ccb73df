import { onlineManager } from '@tanstack/react-query';
import { WifiOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  return onlineManager.subscribe(listener);
}

/** Said while there is no connection; queries and changes go on by themselves when it is back. */
export function OfflineBanner() {
  const online = useSyncExternalStore(subscribe, () => onlineManager.isOnline());
  return (
    <div role="status" aria-live="polite">
      {!online && (
        <p className="flex items-center justify-center gap-2 bg-warning-soft px-4 py-2 text-center text-sm font-medium text-warning">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          You are offline. What you change now is sent when the connection is back; keep this page open.
        </p>
      )}
    </div>
  );
}
