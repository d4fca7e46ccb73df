import { useQuery } from '@tanstack/react-query';
import { toast } from '@/components/ui/toast';
import { useStopTimer } from '@/entities/entry/mutations';
import { activeQuery } from '@/entities/entry/queries';
import { stopRequest } from '@/entities/entry/requests';
import { useEntryActions } from '@/entities/entry/use-entry-actions';
import { deferred, useDeferred } from '@/lib/deferred';
import { t } from '@/messages/first';

const part = deferred(() => import('./forgotten-notice'));

/** What is to be said of the timer: on the page and not in the bar above it, which would cover what is below while scrolling. */
export function TimerNotice() {
  const running = useQuery(activeQuery).data ?? null;
  const actions = useEntryActions();
  const stop = useStopTimer();
  const loaded = useDeferred(part, running !== null);
  if (!running || !loaded) return null;
  return (
    <loaded.ForgottenNotice
      key={running.id}
      running={running}
      onStop={() => {
        stop
          .send(stopRequest(running))
          .catch((error: unknown) => toast.error(error, { title: t.timer.notStopped }));
      }}
      onStopAt={(stoppedAt) => actions.edit({ entry: running, changes: { stoppedAt } })}
      onDiscard={() => actions.remove([running], t.timer.discarded)}
    />
  );
}
