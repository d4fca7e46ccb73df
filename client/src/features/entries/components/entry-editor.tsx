import { Copy, Scissors, Tag as TagIcon, Trash2 } from 'lucide-react';
import { useRef, useState, type ReactNode } from 'react';
import { useCatalog, useTags } from '@/api/catalog';
import { errorMessage, isApiError, type ApiError } from '@/api/errors';
import { useTimeZone } from '@/api/me';
import { serverNow } from '@/api/server-clock';
import { useCreateEntry, useEditEntry } from '@/api/time-mutations';
import { createRequest } from '@/api/time-requests';
import type { Entry } from '@/api/types';
import { CategoryPicker } from '@/components/category-picker/category-picker';
import { TagChip } from '@/components/tag-chip';
import { TagPicker } from '@/components/tag-picker';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Textarea } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import { toast } from '@/components/ui/toast';
import { finishDialog } from '@/hooks/finish-dialog';
import { useEntryActions } from '@/hooks/use-entry-actions';
import type { Times } from '@/lib/time/edits';
import { toMillis, toTimestamp } from '@/lib/time/zoned';
import { TimeFields } from './time-fields';

interface Draft {
  description: string;
  categoryId: string | null;
  projectId: string | null;
  tagIds: string[];
  billable: boolean | null;
  times: Times;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function draftOf(entry: Entry | null, startOfNew: number | null): Draft {
  if (entry) {
    return {
      description: entry.description,
      categoryId: entry.categoryId,
      projectId: entry.projectId,
      tagIds: entry.tagIds,
      billable: entry.billable,
      times: {
        start: toMillis(entry.startedAt),
        stop: entry.stoppedAt === null ? null : toMillis(entry.stoppedAt),
      },
    };
  }
  // What is entered by hand lands on whole minutes.
  const now = Math.floor(serverNow() / MINUTE) * MINUTE;
  const start = startOfNew ?? now - HOUR;
  return {
    description: '',
    categoryId: null,
    projectId: null,
    tagIds: [],
    billable: null,
    times: { start, stop: startOfNew === null ? now : start + HOUR },
  };
}

interface EntryEditorProps {
  /** Null makes a new one. */
  entry: Entry | null;
  /** When a new one begins; an hour ago when null. */
  startOfNew?: number | null;
  onClose: () => void;
  onSplit: (entry: Entry) => void;
  onDuplicate: (entry: Entry) => void;
}

/** Everything of one entry at once: to add by hand, and on a phone to edit. */
export function EntryEditor({ entry, startOfNew = null, onClose, onSplit, onDuplicate }: EntryEditorProps) {
  const timeZone = useTimeZone();
  const { byId } = useTags();
  const catalog = useCatalog().data;
  const actions = useEntryActions();
  const edit = useEditEntry();
  const create = useCreateEntry();
  const [draft, setDraft] = useState(() => draftOf(entry, startOfNew));
  const [error, setError] = useState<unknown>(null);
  const [missingCategory, setMissingCategory] = useState(false);
  const description = useRef<HTMLTextAreaElement>(null);
  const change = (changes: Partial<Draft>) => setDraft((before) => ({ ...before, ...changes }));
  const busy = edit.isPending || create.isPending;
  const failure = isApiError(error) ? error : null;
  const billable =
    draft.billable ??
    (draft.categoryId ? (catalog?.place(draft.categoryId)?.project.billable ?? false) : false);

  const save = () => {
    setError(null);
    setMissingCategory(draft.categoryId === null);
    if (draft.categoryId === null) return;
    const text = draft.description.trim();
    if (entry === null) {
      const request = createRequest(
        {
          categoryId: draft.categoryId,
          startedAt: toTimestamp(draft.times.start),
          stoppedAt: toTimestamp(draft.times.stop ?? draft.times.start),
          description: text,
          tagIds: draft.tagIds,
          billable,
        },
        draft.projectId ?? '',
      );
      finishDialog(create.send(request), {
        onClose,
        onSuccess: () => toast.success('Entry added'),
        onError: setError,
        refused: 'The entry was not added',
      });
      return;
    }
    const before = draftOf(entry, null);
    const sent = edit.send({
      entry,
      ...(draft.projectId ? { projectId: draft.projectId } : {}),
      changes: {
        ...(text === entry.description ? {} : { description: text }),
        ...(draft.categoryId === entry.categoryId ? {} : { categoryId: draft.categoryId }),
        ...(draft.tagIds === before.tagIds ? {} : { tagIds: draft.tagIds }),
        ...(billable === entry.billable ? {} : { billable }),
        ...(draft.times.start === before.times.start ? {} : { startedAt: toTimestamp(draft.times.start) }),
        ...(draft.times.stop === before.times.stop || draft.times.stop === null
          ? {}
          : { stoppedAt: toTimestamp(draft.times.stop) }),
      },
    });
    finishDialog(sent, {
      onClose,
      onError: (reason) => {
        if (isApiError(reason, 'precondition_failed')) {
          actions.sayEditFailed(reason);
          onClose();
        } else {
          setError(reason);
        }
      },
      refused: 'The change was not saved',
    });
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={entry ? 'Edit entry' : 'Add entry'}
      initialFocus={description}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <Field label="Description" error={failure?.field('description')}>
          {(field) => (
            <Textarea
              {...field}
              ref={description}
              maxLength={5_000}
              rows={2}
              value={draft.description}
              placeholder="What was it?"
              onChange={(event) => change({ description: event.currentTarget.value })}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.metaKey || event.ctrlKey))
                  event.currentTarget.form?.requestSubmit();
              }}
            />
          )}
        </Field>
        <Field
          label="Category"
          error={missingCategory && draft.categoryId === null ? 'Pick a category.' : categoryError(failure)}
        >
          {(field) => (
            <CategoryPicker
              {...field}
              value={draft.categoryId}
              onPick={(categoryId, projectId) => change({ categoryId, projectId })}
            />
          )}
        </Field>
        <TimeFields
          times={draft.times}
          timeZone={timeZone}
          onChange={(times) => change({ times })}
          errors={{ startedAt: failure?.field('startedAt'), stoppedAt: failure?.field('stoppedAt') }}
        />
        <div className="flex flex-wrap items-center justify-between gap-3">
          <TagPicker
            value={draft.tagIds}
            onChange={(tagIds) => change({ tagIds })}
            trigger={
              <Button size="sm" variant="subtle" aria-label="Tags" className="max-w-full">
                <TagIcon aria-hidden />
                {draft.tagIds.length === 0
                  ? 'Add tags'
                  : draft.tagIds.map((id) => {
                      const tag = byId.get(id);
                      return tag ? <TagChip key={id} tag={tag} className="bg-surface" /> : null;
                    })}
              </Button>
            }
          />
          <SwitchRow label="Billable">
            {(id) => (
              <Switch id={id} checked={billable} onCheckedChange={(value) => change({ billable: value })} />
            )}
          </SwitchRow>
        </div>
        {error !== null && (!failure || failure.fields.length === 0) && (
          <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-sm text-danger">
            {errorMessage(error)}
            {failure?.requestId && (
              <span className="block text-xs opacity-80">Request {failure.requestId}</span>
            )}
          </p>
        )}
        <DialogActions className="mt-1">
          {entry && (
            <div className="flex gap-1 sm:mr-auto sm:-ml-2">
              <Button
                variant="ghost"
                size="sm"
                className="text-danger"
                onClick={() => {
                  onClose();
                  actions.remove([entry]);
                }}
              >
                <Trash2 aria-hidden /> Delete
              </Button>
              {entry.stoppedAt !== null && (
                <>
                  <Button variant="ghost" size="sm" onClick={() => onDuplicate(entry)}>
                    <Copy aria-hidden /> Duplicate
                  </Button>
                  <Button variant="ghost" size="sm" onClick={() => onSplit(entry)}>
                    <Scissors aria-hidden /> Split
                  </Button>
                </>
              )}
            </div>
          )}
          <Button onClick={onClose} className="max-sm:hidden">
            Cancel
          </Button>
          <Button type="submit" variant="primary" disabled={busy} className="max-sm:h-11">
            {entry ? 'Save' : 'Add entry'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function categoryError(failure: ApiError | null): string | undefined {
  return (
    failure?.field('categoryId') ??
    (failure?.code.startsWith('invalid_category') ? failure.message : undefined)
  );
}

function SwitchRow({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = 'entry-billable';
  return (
    <label htmlFor={id} className="flex items-center gap-2.5 text-sm font-medium">
      {label}
      {children(id)}
    </label>
  );
}
