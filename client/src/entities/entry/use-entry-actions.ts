import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isOwn } from './filters';
import { refreshTime } from './queries';
import { ConflictError, isApiError, mayPass } from '@/api/errors';
import {
  useCreateEntry,
  useDeleteEntries,
  useDuplicateEntry,
  useEditEntry,
  useResumeEntry,
  useRestoreEntries,
} from './mutations';
import { createRequest, resumeRequest, type EditRequest } from './requests';
import type { Entry } from '@/api/types';
import { toast } from '@/components/ui/toast';
import { serverNow } from '@/api/server-clock';
import { useTimeZone } from '@/entities/me/me';
import { dayOf, toMillis, toTimestamp } from '@/lib/time/zoned';
import { t } from '@/messages/first';

/** As long as the server keeps deleted entries, less the time of a request. */
const UNDO_MS = 20_000;
/** How long there is to answer what becomes of a change: a server that was restarted is back by then. */
const ANSWER_MS = 60_000;

/** That a change was not saved, and because of which field. */
function conflictTitle(both: readonly string[]): string {
  const { changedElsewhere } = t.entry;
  const [first] = both;
  const known = both.length === 1 && first !== undefined && first in changedElsewhere;
  return changedElsewhere[known ? (first as keyof typeof changedElsewhere) : 'other'];
}

/** Editing, deleting and resuming entries, with what is said when it goes wrong or can be undone. Always the same object. */
export function useEntryActions() {
  const client = useQueryClient();
  const { send: edit } = useEditEntry();
  const { send: remove } = useDeleteEntries();
  const { send: restore } = useRestoreEntries();
  const { send: resume } = useResumeEntry();
  const { send: duplicate } = useDuplicateEntry();
  const { send: create } = useCreateEntry();
  const timeZone = useTimeZone();

  return useMemo(() => {
    /** With a way to try again what was not refused: what was typed is nowhere else. */
    const sayEditFailed = (error: unknown, request: EditRequest) => {
      if (error instanceof ConflictError) {
        const theirs = error.theirs as Entry;
        void refreshTime(client);
        toast.error(error, {
          title: conflictTitle(error.both),
          description: error.both.includes('description')
            ? t.entry.bothTexts(theirs.description, request.changes.description ?? '')
            : t.entry.newerShown,
          timeout: ANSWER_MS,
          action: { label: t.entry.saveMine, onClick: () => send({ ...request, entry: theirs }) },
        });
        return;
      }
      toast.error(error, {
        title: t.entry.notSaved,
        ...(mayPass(error)
          ? { timeout: ANSWER_MS, action: { label: t.action.retry, onClick: () => send(request) } }
          : {}),
      });
    };
    const send = (request: EditRequest) => {
      edit(request).catch((error: unknown) => sayEditFailed(error, request));
    };
    const say = (title: string) => (error: unknown) => {
      toast.error(error, { title });
    };
    return {
      sayEditFailed,
      edit: send,
      remove: (entries: readonly Entry[], title = t.entry.deleted(entries.length)) => {
        const undo = toast.success(title, {
          timeout: UNDO_MS,
          action: {
            label: t.action.undo,
            onClick: () => {
              restore(entries).catch(say(t.entry.notRestored));
            },
          },
        });
        remove(entries).catch((error: unknown) => {
          toast.close(undo);
          if (isApiError(error, 'precondition_failed')) {
            void refreshTime(client);
            toast.error(error, {
              title: t.entry.notDeletedChanged,
              description: t.entry.deleteAgain,
            });
          } else {
            say(t.entry.notDeleted)(error);
          }
        });
      },
      resume: (entry: Entry) => {
        resume(resumeRequest(entry)).catch(say(t.timer.notStarted));
      },
      duplicate: (entry: Entry) => {
        duplicate(entry).then(() => toast.success(t.entry.duplicated), say(t.entry.notDuplicated));
      },
      /** The same at the same times of day, today; of the user's own entries, for a new entry is the user's. */
      copyToToday: (entry: Entry) => {
        const { categoryId, projectId, stoppedAt, description, tagIds, billable } = entry;
        if (stoppedAt === null || !isOwn(entry)) return;
        const copy = async () => {
          // How times follow each other is not needed to show the page.
          const { withDay } = await import('@/lib/time/edits');
          const times = { start: toMillis(entry.startedAt), stop: toMillis(stoppedAt) };
          const { start, stop } = withDay(times, dayOf(serverNow(), timeZone), timeZone);
          const wanted = {
            categoryId,
            startedAt: toTimestamp(start),
            stoppedAt: toTimestamp(stop ?? start),
            description,
            tagIds,
            billable,
          };
          await create(createRequest(wanted, projectId));
        };
        copy().then(() => toast.success(t.entry.copied), say(t.entry.notDuplicated));
      },
      /** Sets an entry running again that was stopped by mistake. */
      undoStop: (entry: Entry) => {
        edit({ entry, changes: { stoppedAt: null } }).catch(say(t.timer.notStarted));
      },
    };
  }, [client, edit, remove, restore, resume, duplicate, create, timeZone]);
}

export type EntryActions = ReturnType<typeof useEntryActions>;
