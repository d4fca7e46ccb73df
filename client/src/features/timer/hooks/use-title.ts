import { useEffect } from 'react';
import type { Entry } from '@/api/types';
import { useNow } from '@/hooks/use-now';
import { formatDuration } from '@/lib/time/format';
import { toMillis } from '@/lib/time/zoned';

/** Shows the running time in the tab's title. */
export function useTitle(running: Entry | null): void {
  const now = useNow();
  const title = running
    ? `${formatDuration((now - toMillis(running.startedAt)) / 1000)} · ${running.description || 'Running'}`
    : 'Clockwork';
  useEffect(() => {
    document.title = title;
  }, [title]);
}
