import { onlineManager, useQuery } from '@tanstack/react-query';
import { useCatalog } from '@/entities/catalog/catalog';
import { activeQuery } from '@/entities/entry/queries';
import { useStartTimer, useStopTimer } from '@/entities/entry/mutations';
import { startRequest, stopRequest } from '@/entities/entry/requests';
import type { Entry, StartTimer, UpdateEntry } from '@/api/types';
import { toast } from '@/components/ui/toast';
import { useEntryActions } from '@/entities/entry/use-entry-actions';
import { blankDraft, useDraft, type Draft } from './use-draft';
import { t } from '@/messages/first';

/** The timer bar's state: the running entry when there is one, else what is being prepared. */
export function useTimer() {
  const active = useQuery(activeQuery);
  const catalog = useCatalog();
  const startTimer = useStartTimer();
  const stopTimer = useStopTimer();
  const actions = useEntryActions();
  const [draft, setDraft] = useDraft();
  const running = active.data ?? null;

  const defaultBillable = (categoryId: string | null) =>
    (categoryId === null ? undefined : catalog.data?.place(categoryId)?.project.billable) ?? false;

  const begin = (start: StartTimer, projectId: string) => {
    startTimer
      .send(
        startRequest({ ...start, billable: start.billable ?? defaultBillable(start.categoryId) }, projectId),
      )
      .catch((error: unknown) => {
        toast.error(error, { title: t.timer.notStarted });
        // What was prepared for it is there for another attempt.
        setDraft((now) => (now === blankDraft ? draft : now));
      });
    setDraft(blankDraft);
  };

  return {
    status: active.isPending
      ? ('loading' as const)
      : active.isError && active.data === undefined
        ? ('error' as const)
        : ('ready' as const),
    retry: () => void active.refetch(),
    running,
    draft,
    /** What the fields show. */
    shown: running ?? { ...draft, billable: draft.billable ?? defaultBillable(draft.categoryId) },
    prepare: (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes })),
    change: (changes: UpdateEntry, projectId?: string) => {
      if (running) actions.edit({ entry: running, changes, ...(projectId ? { projectId } : {}) });
    },
    /** Changes an entry as it was seen, whether or not it still runs. */
    changeOf: (seen: Entry, changes: UpdateEntry, projectId?: string) =>
      actions.edit({ entry: seen, changes, ...(projectId ? { projectId } : {}) }),
    /** Describes an entry as it was seen, whether or not it still runs. */
    describe: (seen: Entry, description: string) => actions.edit({ entry: seen, changes: { description } }),
    /** Starts what is prepared, in `category`. */
    start: (category: { id: string; projectId: string }) =>
      begin(
        {
          categoryId: category.id,
          description: draft.description,
          tagIds: draft.tagIds,
          ...(draft.billable === null ? {} : { billable: draft.billable }),
        },
        category.projectId,
      ),
    /** Goes on with something else: the running entry ends at the instant at which the new one begins. */
    switchTo: (category: { id: string; projectId: string }) =>
      begin({ categoryId: category.id }, category.projectId),
    stop: () => {
      if (!running) return;
      // What waits for the connection is not told again when it is sent.
      const isOnline = onlineManager.isOnline();
      stopTimer.send(stopRequest(running)).then(
        (entry) => {
          if (!isOnline) return;
          toast.success(t.timer.stopped, {
            action: { label: t.action.undo, onClick: () => actions.undoStop(entry) },
          });
        },
        (error: unknown) => toast.error(error, { title: t.timer.notStopped }),
      );
    },
    resume: actions.resume,
    discard: () => {
      if (running) actions.remove([running], t.timer.discarded);
    },
    projectOf: (categoryId: string) => catalog.data?.place(categoryId)?.project.id,
  };
}
