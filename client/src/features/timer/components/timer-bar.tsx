import { Play, Square, Tag as TagIcon } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTags } from '@/entities/catalog/catalog';
import { rowKey } from '@/entities/entry/pending';
import { useLastEntry } from '@/entities/entry/queries';
import type { Entry } from '@/api/types';
import { BillableToggle } from '@/components/billable-toggle';
import { CategoryPicker } from '@/entities/entry/category-picker/category-picker';
import { TagPicker } from '@/entities/catalog/tag-picker';
import { Button } from '@/components/ui/button';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { Kbd, Tooltip } from '@/components/ui/tooltip';
import { useShortcut } from '@/hooks/use-shortcut';
import { cn } from '@/lib/cn';
import { deferred, useDeferred } from '@/lib/deferred';
import { formatExactDuration } from '@/lib/time/format';
import { t } from '@/messages/first';
import { useHeldDescription } from '../hooks/use-held-description';
import { blankDraft } from '../hooks/use-draft';
import type { Suggestion } from '../hooks/use-suggestions';
import { useTimer } from '../hooks/use-timer';
import { useTitle } from '../hooks/use-title';
import { DescriptionInput } from './description-input';
import { RunningTime } from './running-time';

const elsewhere = deferred(() => import('./changed-elsewhere'));

type PickMeans = 'switch' | 'correct';

function rowKeyOf(entry: Entry | null): string | null {
  return entry && rowKey(entry);
}

/** On every page: what runs, or what will run. */
export function TimerBar() {
  const timer = useTimer();
  const { running, shown } = timer;
  const { byId } = useTags();
  const input = useRef<HTMLInputElement>(null);
  const toggle = useRef<HTMLButtonElement>(null);
  const { held, text, type, hold, release } = useHeldDescription(timer);
  const [pickerOpen, setPickerOpen] = useState(false);
  /** Start was asked for without a category: picking one starts. */
  const [startOnPick, setStartOnPick] = useState(false);
  const [pickMeans, setPickMeans] = useState<PickMeans>('switch');
  /** On a phone the second line comes when the bar is used. */
  const [used, setUsed] = useState(false);
  useTitle(running);
  const notice = useDeferred(elsewhere, held !== null && rowKeyOf(held.entry) !== rowKeyOf(running));

  /** Starts the draft, or asks for its category; the answer says whether it has started. */
  const start = (): boolean => {
    const { categoryId } = timer.draft;
    const projectId = categoryId === null ? undefined : timer.projectOf(categoryId);
    if (categoryId !== null && projectId !== undefined) {
      release();
      timer.start({ id: categoryId, projectId });
      return true;
    }
    setStartOnPick(true);
    setPickerOpen(true);
    return false;
  };
  const stop = () => {
    release();
    timer.stop();
  };
  const enter = () => {
    if (held ? held.entry : running) input.current?.blur();
    // The next key is a shortcut, not a letter of what runs already.
    else if (start()) toggle.current?.focus();
  };
  const pick = (categoryId: string, projectId: string) => {
    const category = { id: categoryId, projectId };
    if (startOnPick) {
      timer.start(category);
    } else if (running) {
      if (categoryId === running.categoryId) return;
      if (pickMeans === 'correct') timer.change({ categoryId }, projectId);
      else timer.switchTo(category);
    } else {
      timer.prepare({ categoryId });
      input.current?.focus();
    }
  };

  /** What was picked for a token goes to the entry that is described: the one of when the focus came. */
  const takeSuggestion = (suggestion: Suggestion, rest: string) => {
    const described = held ? held.entry : running;
    if (suggestion.kind === 'entry') {
      const { description, place, tagIds, billable } = suggestion;
      timer.prepare({ description, categoryId: place.category.id, tagIds, billable });
      return;
    }
    type(rest);
    const set = (
      changes: { categoryId?: string; tagIds?: string[]; billable?: boolean },
      projectId?: string,
    ) => {
      if (described) timer.changeOf(described, changes, projectId);
      else timer.prepare(changes);
    };
    const { tagIds } = described ?? timer.draft;
    switch (suggestion.kind) {
      case 'category':
        set({ categoryId: suggestion.place.category.id }, suggestion.place.project.id);
        break;
      case 'tag':
        if (!tagIds.includes(suggestion.tag.id)) set({ tagIds: [...tagIds, suggestion.tag.id] });
        break;
      case 'billable':
        set({ billable: true });
    }
  };
  const last = useLastEntry();
  useShortcut('n', () => input.current?.focus());
  useShortcut('c', () => {
    if (last) timer.resume(last);
  });
  useShortcut(
    's',
    () => {
      if (running) stop();
      else start();
    },
    timer.status === 'ready',
  );

  if (timer.status === 'loading') {
    return (
      <div
        role="status"
        aria-label={t.timer.loading}
        className="flex h-12 items-center gap-4 rounded-xl border bg-surface px-4 shadow-card"
      >
        <Skeleton className="h-5 w-1/3" />
        <Skeleton className="ml-auto h-9 w-24" />
      </div>
    );
  }
  if (timer.status === 'error') {
    return (
      <div
        role="alert"
        className="flex items-center justify-between gap-4 rounded-xl border bg-surface px-4 py-1.5 text-sm"
      >
        {t.timer.failed}
        <Button size="sm" onClick={timer.retry}>
          {t.action.retry}
        </Button>
      </div>
    );
  }

  const hasMore = used || running !== null || pickerOpen || timer.draft !== blankDraft;
  const tagNames = shown.tagIds.map((id) => byId.get(id)?.name).filter(Boolean);

  return (
    <div className="grid gap-2">
      <section
        aria-label={t.timer.label}
        data-running={running !== null}
        onFocus={() => setUsed(true)}
        className={cn(
          'relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-2 overflow-hidden rounded-xl border bg-surface p-1 shadow-card transition-colors focus-within:border-ring',
          'md:grid-cols-[minmax(0,1fr)_auto_auto]',
        )}
      >
        <DescriptionInput
          ref={input}
          value={text}
          placeholder={(held ? held.entry : running) ? t.timer.describe : t.timer.what}
          onChange={type}
          onFocus={hold}
          onBlur={release}
          onEnter={enter}
          onEscape={() => {
            release({ save: false });
            input.current?.blur();
          }}
          canRepeat={!(held ? held.entry : running)}
          onSuggestion={takeSuggestion}
        />
        <div
          className={cn(
            'order-3 col-span-2 flex min-w-0 items-center gap-1 md:order-0 md:col-span-1',
            !hasMore && 'max-md:hidden',
          )}
        >
          <CategoryPicker
            value={shown.categoryId}
            onPick={pick}
            open={pickerOpen}
            onOpenChange={(open) => {
              setPickerOpen(open);
              if (!open) {
                setStartOnPick(false);
                setPickMeans('switch');
              }
            }}
            className="max-w-full min-w-0 flex-1 border-transparent hover:bg-muted md:w-44 md:flex-none lg:w-60 xl:w-72"
            header={
              running && !startOnPick ? (
                <Segmented<PickMeans>
                  label={t.timer.pickMeans}
                  value={pickMeans}
                  onChange={setPickMeans}
                  className="w-full"
                  options={[
                    { value: 'switch', label: t.timer.pickNew },
                    { value: 'correct', label: t.timer.pickChange },
                  ]}
                />
              ) : startOnPick ? (
                <p className="px-2 py-1 text-sm">{t.timer.pickToStart}</p>
              ) : undefined
            }
          />
          <TagPicker
            value={shown.tagIds}
            onChange={(tagIds) => (running ? timer.change({ tagIds }) : timer.prepare({ tagIds }))}
            trigger={
              <button
                type="button"
                aria-label={tagNames.length > 0 ? t.entry.tagsAre(tagNames.join(', ')) : t.entry.tags}
                title={tagNames.join(', ') || undefined}
                className={cn(
                  'flex h-8 shrink-0 items-center gap-1 rounded-lg px-2 text-xs font-semibold hover:bg-muted',
                  tagNames.length > 0 ? 'text-primary' : 'text-muted-foreground',
                )}
              >
                <TagIcon aria-hidden className="size-4" />
                {tagNames.length > 0 && tagNames.length}
              </button>
            }
          />
          <BillableToggle
            value={shown.billable}
            onChange={(billable) => (running ? timer.change({ billable }) : timer.prepare({ billable }))}
          />
        </div>
        <div className="flex items-center gap-1 lg:pl-1">
          {running ? (
            <RunningTime
              running={running}
              onStartedAt={(startedAt) => timer.change({ startedAt })}
              onDiscard={timer.discard}
            />
          ) : (
            <span className="hidden px-2 font-semibold tracking-tight text-muted-foreground tabular sm:inline">
              {formatExactDuration(0)}
            </span>
          )}
          <Tooltip
            content={
              <>
                {running ? t.timer.stop : t.timer.start} <Kbd>s</Kbd>
              </>
            }
          >
            <Button
              ref={toggle}
              variant="primary"
              aria-label={running ? t.timer.stopLong : t.timer.startLong}
              onClick={({ detail }) => {
                // The second click of a double one would undo the first.
                if (detail > 1) return;
                if (running) stop();
                else start();
              }}
              className={cn(
                'h-10 w-11 p-0 lg:w-24',
                running && 'bg-running text-white hover:bg-running-hover dark:text-background',
              )}
            >
              {running ? (
                <Square aria-hidden fill="currentColor" />
              ) : (
                <Play aria-hidden fill="currentColor" />
              )}
              <span className="hidden lg:inline">{running ? t.timer.stop : t.timer.start}</span>
            </Button>
          </Tooltip>
        </div>
      </section>
      <div role="status">
        {held && notice && (
          <notice.ChangedElsewhere
            running={running}
            typesDraft={held.entry === null}
            onShow={() => input.current?.blur()}
          />
        )}
      </div>
    </div>
  );
}
