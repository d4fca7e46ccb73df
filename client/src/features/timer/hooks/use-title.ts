import type { Entry } from '@/api/types';
import { useNow } from '@/hooks/use-now';
import { useDocumentTitle } from '@/hooks/use-page-title';
import { formatExactDuration } from '@/lib/time/format';
import { toMillis } from '@/lib/time/zoned';
import { t } from '@/messages/first';

/** Shows the running time in the tab's title. */
export function useTitle(running: Entry | null): void {
  const now = useNow(running !== null);
  useDocumentTitle(
    running &&
      `${formatExactDuration((now - toMillis(running.startedAt)) / 1000)} · ${running.description || t.timer.running}`,
  );
}
