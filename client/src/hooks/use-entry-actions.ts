import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { refreshTime } from '@/api/entries';
import { isApiError, mayPass } from '@/api/errors';
import {
  useDeleteEntries,
  useDuplicateEntry,
  useEditEntry,
  useResumeEntry,
  useRestoreEntries,
} from '@/api/time-mutations';
import { resumeRequest, type EditRequest } from '@/api/time-requests';
import type { Entry } from '@/api/types';
import { toast } from '@/components/ui/toast';

/** As long as the server keeps deleted entries, less the time of a request. */
const UNDO_MS = 20_000;
/** A server that was restarted is back by then. */
const TRY_AGAIN_MS = 60_000;

/** Editing, deleting and resuming entries, with what is said when it goes wrong or can be undone. Always the same object. */
export function useEntryActions() {
  const client = useQueryClient();
  const { send: edit } = useEditEntry();
  const { send: remove } = useDeleteEntries();
  const { send: restore } = useRestoreEntries();
  const { send: resume } = useResumeEntry();
  const { send: duplicate } = useDuplicateEntry();

  return useMemo(() => {
    /** Somebody else was first. */
    const sayConflict = (error: unknown, refused: string, again: string) => {
      void refreshTime(client);
      toast.error(error, {
        title: `${refused}: this entry was changed elsewhere`,
        description: `You see the newer version now. ${again}`,
      });
    };
    /** With a way to try again what was not refused: what was typed is nowhere else. */
    const sayEditFailed = (error: unknown, tryAgain?: () => void) => {
      if (isApiError(error, 'precondition_failed')) {
        sayConflict(error, 'Not saved', 'Make your change again if you still want it.');
      } else {
        toast.error(error, {
          title: 'The change was not saved',
          ...(tryAgain && mayPass(error)
            ? { timeout: TRY_AGAIN_MS, action: { label: 'Try again', onClick: tryAgain } }
            : {}),
        });
      }
    };
    const say = (title: string) => (error: unknown) => {
      toast.error(error, { title });
    };
    return {
      sayEditFailed,
      edit: function send(request: EditRequest) {
        edit(request).catch((error: unknown) => {
          sayEditFailed(error, () => send(request));
        });
      },
      remove: (
        entries: readonly Entry[],
        title = entries.length === 1 ? 'Entry deleted' : `${entries.length} entries deleted`,
      ) => {
        const undo = toast.success(title, {
          timeout: UNDO_MS,
          action: {
            label: 'Undo',
            onClick: () => {
              restore(entries).catch(say('It could not be brought back'));
            },
          },
        });
        remove(entries).catch((error: unknown) => {
          toast.close(undo);
          if (isApiError(error, 'precondition_failed')) {
            sayConflict(error, 'Not deleted', 'Delete it again if you still want to.');
          } else {
            say('Not deleted')(error);
          }
        });
      },
      resume: (entry: Entry) => {
        resume(resumeRequest(entry)).catch(say('The timer did not start'));
      },
      duplicate: (entry: Entry) => {
        duplicate(entry).then(() => toast.success('Entry duplicated'), say('Not duplicated'));
      },
    };
  }, [client, edit, remove, restore, resume, duplicate]);
}

export type EntryActions = ReturnType<typeof useEntryActions>;
