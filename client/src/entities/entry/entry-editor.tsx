import { Copy, Scissors, Tag as TagIcon, Trash2 } from 'lucide-react';
import { useMemo, useRef, useState } from 'react';
import { useCatalog, useTags } from '@/entities/catalog/catalog';
import { useTimeZone } from '@/entities/me/me';
import { serverNow } from '@/api/server-clock';
import { useCreateEntry, useEditEntry } from './mutations';
import { createRequest } from './requests';
import type { Entry, UpdateEntry } from '@/api/types';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';
import { CategoryPicker } from './category-picker/category-picker';
import { useRecentCategories } from './category-picker/use-recent-categories';
import { readQuickEntry, saysMore, type QuickEntry } from './quick-entry';
import { TagChip } from '@/entities/catalog/tag-chip';
import { TagPicker } from '@/entities/catalog/tag-picker';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Textarea } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import { Kbd } from '@/components/ui/tooltip';
import { useEntryActions } from './use-entry-actions';
import { useForm } from '@/hooks/use-form';
import { useReopen } from '@/hooks/use-reopen';
import { isEnter } from '@/lib/keys';
import { formatClock, formatDate, formatWallTime } from '@/lib/time/format';
import { withRange } from '@/lib/time/edits';
import { dayOf, toMillis, toTimestamp } from '@/lib/time/zoned';
import { TimeFields } from './time-fields';
import { t } from '@/messages/later';

/** By the names that the fields have in the API. */
interface Values {
  description: string;
  categoryId: string | null;
  tagIds: string[];
  /** Null is what the project says. */
  billable: boolean | null;
  /** In milliseconds. */
  startedAt: number;
  /** Null while the entry runs. */
  stoppedAt: number | null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

function valuesOf(entry: Entry): Values {
  const { description, categoryId, tagIds, billable, startedAt, stoppedAt } = entry;
  return {
    description,
    categoryId,
    tagIds,
    billable,
    startedAt: toMillis(startedAt),
    stoppedAt: stoppedAt === null ? null : toMillis(stoppedAt),
  };
}

function newValues(startOfNew: number | null, stopOfNew: number | null): Values {
  // What is entered by hand lands on whole minutes.
  const now = Math.floor(serverNow() / MINUTE) * MINUTE;
  const start = startOfNew ?? now - HOUR;
  return {
    description: '',
    categoryId: null,
    tagIds: [],
    billable: null,
    startedAt: start,
    stoppedAt: stopOfNew ?? (startOfNew === null ? now : start + HOUR),
  };
}

/** What was changed, as the API takes it. */
function changesOf(changed: Partial<Values>): UpdateEntry {
  const { description, categoryId, tagIds, billable, startedAt, stoppedAt } = changed;
  return {
    ...(description === undefined ? {} : { description: description.trim() }),
    ...(categoryId ? { categoryId } : {}),
    ...(tagIds === undefined ? {} : { tagIds }),
    ...(typeof billable === 'boolean' ? { billable } : {}),
    ...(startedAt === undefined ? {} : { startedAt: toTimestamp(startedAt) }),
    ...(typeof stoppedAt === 'number' ? { stoppedAt: toTimestamp(stoppedAt) } : {}),
  };
}

/** What a line says besides the description. */
function describeQuick({ range, place, tags, billable }: QuickEntry): string {
  return [
    range && t.day.range(formatWallTime(range.from), formatWallTime(range.to)),
    place && [place.project.name, ...place.path].join(PATH_SEPARATOR),
    ...tags.map(({ name }) => `#${name}`),
    billable && t.entry.billable,
  ]
    .filter(Boolean)
    .join(' · ');
}

interface EntryEditorProps {
  /** Null makes a new one. */
  entry: Entry | null;
  /** When a new one begins; an hour ago when null. */
  startOfNew?: number | null;
  /** When it ends; an hour after it began when null. */
  stopOfNew?: number | null | undefined;
  /** What was typed before and refused: {@link Values}. */
  typed?: object | undefined;
  onClose: () => void;
  onSplit: (entry: Entry) => void;
  onDuplicate: (entry: Entry) => void;
}

/** Everything of one entry at once: to add by hand, and on a phone to edit. */
export function EntryEditor({
  entry,
  startOfNew = null,
  stopOfNew = null,
  typed,
  onClose,
  onSplit,
  onDuplicate,
}: EntryEditorProps) {
  const timeZone = useTimeZone();
  const { byId, tags } = useTags();
  const catalog = useCatalog().data;
  const actions = useEntryActions();
  const reopen = useReopen();
  const edit = useEditEntry();
  const create = useCreateEntry();
  const [missingCategory, setMissingCategory] = useState(false);
  const description = useRef<HTMLTextAreaElement>(null);
  const projectOf = (categoryId: string) => catalog?.place(categoryId)?.project;

  const billableOf = ({ billable, categoryId }: Values): boolean =>
    billable ?? (categoryId !== null && (projectOf(categoryId)?.billable ?? false));

  const form = useForm<Values, Entry>({
    keep: `entry ${entry?.id}`,
    item: entry,
    typed,
    toValues: (item) => (item ? valuesOf(item) : newValues(startOfNew, stopOfNew)),
    codes: {
      invalid_category: 'categoryId',
      category_archived: 'categoryId',
      project_archived: 'categoryId',
      starts_before_running: 'startedAt',
    },
    send: async ({ values, changed, seen }): Promise<unknown> => {
      const { categoryId } = values;
      if (categoryId === null) throw new Error('A category is missing');
      const projectId = projectOf(categoryId)?.id ?? seen?.projectId ?? '';
      if (seen) return edit.send({ entry: seen, projectId, changes: changesOf(changed) });
      const { description: text, tagIds, startedAt, stoppedAt } = values;
      return create.send(
        createRequest(
          {
            categoryId,
            startedAt: toTimestamp(startedAt),
            stoppedAt: toTimestamp(stoppedAt ?? startedAt),
            description: text.trim(),
            tagIds,
            billable: billableOf(values),
          },
          projectId,
        ),
      );
    },
    onDone: onClose,
    queued: {
      refused: entry ? t.entry.notSaved : t.editor.notAdded,
      again: (values) =>
        reopen(entry ? { dialog: 'edit', entry, typed: values } : { dialog: 'add', typed: values }),
    },
  });
  const { values, set, isDirty } = form;
  const recent = useRecentCategories();
  /** The line that is meant as it stands, although more could be read in it. */
  const [asText, setAsText] = useState<string | null>(null);
  const quick = useMemo(() => {
    if (entry !== null || values.description === asText) return null;
    const read = readQuickEntry(values.description, { catalog, tags, recent });
    return saysMore(read) ? read : null;
  }, [entry, values.description, asText, catalog, tags, recent]);
  const takeQuick = () => {
    if (!quick) return;
    const { text, range, place, tags: chosen, billable } = quick;
    const times = range && withRange(dayOf(values.startedAt, timeZone), range, timeZone);
    set({
      description: text,
      ...(times ? { startedAt: times.start, stoppedAt: times.stop } : {}),
      ...(place ? { categoryId: place.category.id } : {}),
      ...(chosen.length > 0
        ? { tagIds: [...new Set([...values.tagIds, ...chosen.map(({ id }) => id)])] }
        : {}),
      ...(billable ? { billable: true } : {}),
    });
  };
  const clock = (at: number | null) =>
    at === null
      ? t.editor.running
      : `${formatDate(dayOf(at, timeZone), dayOf(serverNow(), timeZone))} ${formatClock(at, timeZone, { seconds: true })}`;

  return (
    <FormDialog
      form={form}
      fields={{
        description: { label: t.entry.description },
        categoryId: {
          label: t.editor.category,
          format: (id) => (id === null ? '' : catalog?.place(id)?.path.join(PATH_SEPARATOR)),
        },
        tagIds: {
          label: t.entry.tags,
          format: (ids) => ids.map((id) => byId.get(id)?.name).join(', ') || t.form.none,
        },
        billable: { label: t.entry.billable, format: (yes) => (yes ? t.form.yes : t.form.no) },
        startedAt: { label: t.editor.start, format: clock },
        stoppedAt: { label: t.editor.end, format: clock },
      }}
      title={entry ? t.editor.edit : t.editor.add}
      submit={entry ? t.action.save : t.editor.add}
      onClose={onClose}
      onSubmit={() => {
        setMissingCategory(values.categoryId === null);
        if (values.categoryId !== null) form.submit();
      }}
      initialFocus={description}
      // Five buttons stand in its last line.
      className="sm:max-w-xl"
      actions={
        entry && (
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
              <Trash2 aria-hidden /> {t.action.delete}
            </Button>
            {entry.stoppedAt !== null && (
              <>
                {/* They are made of what is saved: what is typed would be lost. */}
                <Button variant="ghost" size="sm" disabled={isDirty} onClick={() => onDuplicate(entry)}>
                  <Copy aria-hidden /> {t.editor.duplicate}
                </Button>
                <Button variant="ghost" size="sm" disabled={isDirty} onClick={() => onSplit(entry)}>
                  <Scissors aria-hidden /> {t.editor.split}
                </Button>
              </>
            )}
          </div>
        )
      }
    >
      <Field label={t.entry.description} error={form.fieldError('description')}>
        {(field) => (
          <Textarea
            {...field}
            ref={description}
            maxLength={5_000}
            rows={2}
            value={values.description}
            placeholder={t.editor.placeholder}
            onChange={(event) => set({ description: event.currentTarget.value })}
            onBlur={takeQuick}
            onKeyDown={(event) => {
              if (!isEnter(event) || event.shiftKey) return;
              // Of what exists a line is ended by Enter; of what is added, the line is the entry.
              if (entry !== null && !event.metaKey && !event.ctrlKey) return;
              event.preventDefault();
              if (quick) takeQuick();
              else event.currentTarget.form?.requestSubmit();
            }}
          />
        )}
      </Field>
      {entry === null && (
        <div role="status" className="-mt-2.5 text-[0.8125rem] text-muted-foreground">
          {quick ? (
            <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
              <Kbd>{t.keys.enter}</Kbd> <bdi>{describeQuick(quick)}</bdi>
              <Button
                variant="ghost"
                size="sm"
                className="h-6 px-2 text-xs"
                // The field keeps the focus, and so its line.
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => setAsText(values.description)}
              >
                {t.editor.keepText}
              </Button>
            </span>
          ) : (
            t.editor.quickHint
          )}
        </div>
      )}
      <Field
        label={t.editor.category}
        error={
          missingCategory && values.categoryId === null
            ? t.editor.pickCategory
            : form.fieldError('categoryId')
        }
      >
        {(field) => (
          <CategoryPicker {...field} value={values.categoryId} onPick={(categoryId) => set({ categoryId })} />
        )}
      </Field>
      <TimeFields
        times={{ start: values.startedAt, stop: values.stoppedAt }}
        timeZone={timeZone}
        onChange={({ start, stop }) => set({ startedAt: start, stoppedAt: stop })}
        errors={{ startedAt: form.fieldError('startedAt'), stoppedAt: form.fieldError('stoppedAt') }}
      />
      <div className="flex flex-wrap items-center justify-between gap-3">
        <TagPicker
          value={values.tagIds}
          onChange={(tagIds) => set({ tagIds })}
          trigger={
            <Button size="sm" variant="subtle" aria-label={t.entry.tags} className="max-w-full">
              <TagIcon aria-hidden />
              {values.tagIds.length === 0
                ? t.editor.addTags
                : values.tagIds.map((id) => {
                    const tag = byId.get(id);
                    return tag ? <TagChip key={id} tag={tag} className="bg-surface" /> : null;
                  })}
            </Button>
          }
        />
        <label htmlFor="entry-billable" className="flex items-center gap-2.5 text-sm font-medium">
          {t.entry.billable}
          <Switch
            id="entry-billable"
            checked={billableOf(values)}
            onCheckedChange={(value) => set({ billable: value })}
          />
        </label>
      </div>
    </FormDialog>
  );
}
