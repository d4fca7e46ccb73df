import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { refreshTime } from './queries';
import { ConflictError, isApiError, mayPass } from '@/api/errors';
import {
  useDeleteEntries,
  useDuplicateEntry,
  useEditEntry,
  useResumeEntry,
  useRestoreEntries,
} from './mutations';
import { resumeRequest, type EditRequest } from './requests';
import type { Entry } from '@/api/types';
import { toast } from '@/components/ui/toast';

/** As long as the server keeps deleted entries, less the time of a request. */
const UNDO_MS = 20_000;
/** How long there is to answer what becomes of a change: a server that was restarted is back by then. */
const ANSWER_MS = 60_000;

const FIELDS: Record<string, string> = {
  description: 'the description was',
  categoryId: 'the category was',
  tagIds: 'the tags were',
  billable: 'billable was',
  startedAt: 'the start was',
  stoppedAt: 'the end was',
};

/** The fields of a conflict, as the beginning of “… changed elsewhere”. */
function fieldNames(both: readonly string[]): string {
  const [first] = both;
  return (both.length === 1 && first !== undefined ? FIELDS[first] : undefined) ?? 'this entry was';
}

/** Editing, deleting and resuming entries, with what is said when it goes wrong or can be undone. Always the same object. */
export function useEntryActions() {
  const client = useQueryClient();
  const { send: edit } = useEditEntry();
  const { send: remove } = useDeleteEntries();
  const { send: restore } = useRestoreEntries();
  const { send: resume } = useResumeEntry();
  const { send: duplicate } = useDuplicateEntry();

  return useMemo(() => {
    /** With a way to try again what was not refused: what was typed is nowhere else. */
    const sayEditFailed = (error: unknown, request: EditRequest) => {
      if (error instanceof ConflictError) {
        const theirs = error.theirs as Entry;
        void refreshTime(client);
        toast.error(error, {
          title: `Not saved: ${fieldNames(error.both)} changed elsewhere`,
          description: error.both.includes('description')
            ? `It is now “${theirs.description}”. You typed “${request.changes.description ?? ''}”.`
            : 'You see the newer version now.',
          timeout: ANSWER_MS,
          action: { label: 'Save mine', onClick: () => send({ ...request, entry: theirs }) },
        });
        return;
      }
      toast.error(error, {
        title: "The change wasn't saved",
        ...(mayPass(error)
          ? { timeout: ANSWER_MS, action: { label: 'Try again', onClick: () => send(request) } }
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
      remove: (
        entries: readonly Entry[],
        title = entries.length === 1 ? 'Entry deleted' : `${entries.length} entries deleted`,
      ) => {
        const undo = toast.success(title, {
          timeout: UNDO_MS,
          action: {
            label: 'Undo',
            onClick: () => {
              restore(entries).catch(say("Couldn't restore the entry"));
            },
          },
        });
        remove(entries).catch((error: unknown) => {
          toast.close(undo);
          if (isApiError(error, 'precondition_failed')) {
            void refreshTime(client);
            toast.error(error, {
              title: 'Not deleted: this entry was changed elsewhere',
              description: 'You see the newer version now. Delete it again if you still want to.',
            });
          } else {
            say('Not deleted')(error);
          }
        });
      },
      resume: (entry: Entry) => {
        resume(resumeRequest(entry)).catch(say("The timer didn't start"));
      },
      duplicate: (entry: Entry) => {
        duplicate(entry).then(() => toast.success('Entry duplicated'), say("Couldn't duplicate the entry"));
      },
    };
  }, [client, edit, remove, restore, resume, duplicate]);
}

export type EntryActions = ReturnType<typeof useEntryActions>;
