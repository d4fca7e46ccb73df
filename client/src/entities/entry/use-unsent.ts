import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useSyncExternalStore } from 'react';
import { ConflictError } from '@/api/errors';
import type { EditRequest } from './requests';
import { countUnsent, keepUnsent, subscribeUnsent, wouldBeLost } from './unsent';
import { toast } from '@/components/ui/toast';
import { useEntryActions } from './use-entry-actions';
import { t } from '@/messages/first';

/** How many changes wait for the connection. */
export function useUnsentCount(): number {
  const client = useQueryClient();
  const subscribe = useCallback((listener: () => void) => subscribeUnsent(client, listener), [client]);
  return useSyncExternalStore(subscribe, () => countUnsent(client));
}

/** Keeps what waits for the connection; once per page. */
export function useKeepUnsent(): void {
  const client = useQueryClient();
  const { sayEditFailed } = useEntryActions();
  useEffect(
    () =>
      keepUnsent(client, {
        onSent: (count) => toast.success(t.banner.sent(count)),
        onRefused: (error, { name, what }) => {
          // What was typed is nowhere else.
          if (error instanceof ConflictError && name === 'edit') sayEditFailed(error, what as EditRequest);
          else toast.error(error, { title: t.banner.refused });
        },
      }),
    [client, sayEditFailed],
  );
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => {
      if (wouldBeLost(client)) event.preventDefault();
    };
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [client]);
}
