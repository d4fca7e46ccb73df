import { onlineManager } from '@tanstack/react-query';
import { Unplug, WifiOff } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { isLiveLost, subscribeLive } from '@/api/live/state';
import { keepsUnsent } from './unsent';
import { useUnsentCount } from './use-unsent';
import { t } from '@/messages/first';

function subscribe(listener: () => void): () => void {
  return onlineManager.subscribe(listener);
}

function waiting(count: number): string {
  return count === 0 ? t.banner.goOn : t.banner.waiting(count);
}

/**
 * Said while there is no connection; queries and changes go on by themselves when it is back. Also when only the news of other devices
 * does not get through, and that for longer than a restart of the server takes.
 */
export function OfflineBanner() {
  const online = useSyncExternalStore(subscribe, () => onlineManager.isOnline());
  const unsent = useUnsentCount();
  const lost = useSyncExternalStore(subscribeLive, isLiveLost);
  return (
    <div role="status" aria-live="polite">
      {!online ? (
        <p className="flex items-center justify-center gap-2 bg-warning-soft px-4 py-2 text-center text-sm font-medium text-warning">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          <span>
            {[t.banner.offline, waiting(unsent), keepsUnsent ? '' : t.banner.keepOpen]
              .filter(Boolean)
              .join(' ')}
          </span>
        </p>
      ) : (
        lost && (
          <p className="flex items-center justify-center gap-2 bg-muted px-4 py-1.5 text-center text-xs text-muted-foreground">
            <Unplug aria-hidden className="size-3.5 shrink-0" />
            {t.banner.paused}
          </p>
        )
      )}
    </div>
  );
}
