import { useQueryClient } from '@tanstack/react-query';
import { refreshTime } from '@/api/entries';
import { isApiError } from '@/api/errors';
import { useDeleteEntries, useEditEntry, useResumeEntry, useRestoreEntries } from '@/api/time-mutations';
import { resumeRequest, type EditRequest } from '@/api/time-requests';
import type { Entry } from '@/api/types';
import { toast } from '@/components/ui/toast';

/** As long as the server keeps deleted entries, less the time of a request. */
const UNDO_MS = 20_000;

/** Editing, deleting and resuming entries, with what is said when it goes wrong or can be undone. */
export function useEntryActions() {
  const client = useQueryClient();
  const edit = useEditEntry();
  const remove = useDeleteEntries();
  const restore = useRestoreEntries();
  const resume = useResumeEntry();

  const sayEditFailed = (error: unknown) => {
    if (isApiError(error, 'precondition_failed')) {
      void refreshTime(client);
      toast.error(error, {
        title: 'Not saved: this entry was changed elsewhere',
        description: 'You see the newer version now. Make your change again if you still want it.',
      });
    } else {
      toast.error(error, { title: 'The change was not saved' });
    }
  };

  return {
    edit: (request: EditRequest) => edit.mutate(request, { onError: sayEditFailed }),
    sayEditFailed,
    remove: (
      entries: readonly Entry[],
      title = entries.length === 1 ? 'Entry deleted' : `${entries.length} entries deleted`,
    ) => {
      remove.mutate(entries, {
        onError: (error) => {
          toast.close(undo);
          if (isApiError(error, 'precondition_failed')) {
            void refreshTime(client);
            toast.error(error, {
              title: 'Not deleted: this entry was changed elsewhere',
              description: 'You see the newer version now. Delete it again if you still want to.',
            });
          } else {
            toast.error(error, { title: 'Not deleted' });
          }
        },
      });
      const undo = toast.success(title, {
        timeout: UNDO_MS,
        action: {
          label: 'Undo',
          onClick: () =>
            restore.mutate(entries, {
              onError: (error) => toast.error(error, { title: 'It could not be brought back' }),
            }),
        },
      });
    },
    resume: (entry: Entry) =>
      resume.mutate(resumeRequest(entry), {
        onError: (error) => toast.error(error, { title: 'The timer did not start' }),
      }),
  };
}
