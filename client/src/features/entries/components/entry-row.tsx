import { Ellipsis, Play, Tag as TagIcon, TriangleAlert } from 'lucide-react';
import { memo, useState } from 'react';
import type { Catalog } from '@/entities/catalog/catalog';
import type { Entry, Overlap, Tag } from '@/api/types';
import { BillableToggle } from '@/components/billable-toggle';
import { CategoryLabel } from '@/entities/catalog/category-label';
import { CategoryPopup } from '@/entities/entry/category-picker/category-picker';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';
import { TagChip } from '@/entities/catalog/tag-chip';
import { TagPicker } from '@/entities/catalog/tag-picker';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Tooltip } from '@/components/ui/tooltip';
import type { EntryActions } from '@/entities/entry/use-entry-actions';
import { cn } from '@/lib/cn';
import { formatDurationWords } from '@/lib/time/format';
import { t } from '@/messages/first';
import { EntryTimes } from './entry-times';
import { RowMenu } from './row-menu';

export interface RowActions extends EntryActions {
  openEditor: (entry: Entry) => void;
  openSplit: (entry: Entry) => void;
  /** Opens the form of a new entry with these times, in milliseconds. */
  addBetween: (start: number, stop: number) => void;
}

export interface EntryRowProps {
  entry: Entry;
  /** It stands below the line of those that are alike. */
  inGroup: boolean;
  /** Its seconds in the day under which it stands; undefined while it runs. */
  seconds: number | undefined;
  /** What is printed for them, so that the day adds up. */
  shownSeconds: number | undefined;
  catalog: Catalog | undefined;
  tagById: ReadonlyMap<string, Tag>;
  timeZone: string;
  overlaps: readonly Overlap[] | undefined;
  selected: boolean;
  /** Every row shows its checkbox. */
  selecting: boolean;
  onTick: (id: string, on: boolean, shift: boolean) => void;
  actions: RowActions;
  /** Whose it is, where entries of others are shown. */
  memberName: string | undefined;
}

/** One entry of hundreds: what it shows comes from above, and nothing of it is drawn again while that is the same. */
export const EntryRow = memo(function EntryRow({
  entry,
  inGroup,
  seconds,
  shownSeconds,
  catalog,
  tagById,
  timeZone,
  overlaps,
  selected,
  selecting,
  onTick,
  actions,
  memberName,
}: EntryRowProps) {
  const place = catalog?.place(entry.categoryId);
  const running = entry.stoppedAt === null;
  const name = entry.description || (place ? place.path.join(PATH_SEPARATOR) : t.entry.unnamed);
  const tags = entry.tagIds.flatMap((id) => tagById.get(id) ?? []);

  return (
    <li
      aria-label={name}
      data-entry={entry.id}
      // One stop for all of its controls; the keys of the list do what they do (rows.ts).
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={cn(
        'group/row relative flex items-center gap-2 py-2 pr-2 pl-3 outline-offset-[-2px] transition-colors sm:pl-4 lg:h-10 lg:py-0 in-data-[density=compact]:lg:h-9',
        selected ? 'bg-accent/60' : 'hover:bg-muted/40',
        inGroup && 'bg-muted/20 pl-6 sm:pl-8',
        running && 'before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-running',
      )}
    >
      <Checkbox
        checked={selected}
        onCheckedChange={(on, shift) => onTick(entry.id, on, shift)}
        label={t.entry.select(name)}
        tabIndex={-1}
        className={cn(
          'lg:-mr-1',
          !selecting &&
            'hidden group-focus-within/row:opacity-100 group-hover/row:opacity-100 lg:flex lg:opacity-0',
        )}
      />
      <div className="min-w-0 flex-1 lg:flex lg:items-center lg:gap-2">
        <button
          type="button"
          onClick={() => actions.openEditor(entry)}
          tabIndex={-1}
          aria-label={t.entry.edit(name)}
          className="block w-full truncate text-left text-sm font-medium sm:hidden"
        >
          {entry.description || (
            <span className="font-normal text-muted-foreground">{t.entry.noDescription}</span>
          )}
        </button>
        <DescriptionCell
          entry={entry}
          onCommit={(seen, description) => actions.edit({ entry: seen, changes: { description } })}
        />
        <div className="flex min-w-0 items-center gap-1.5 lg:flex-[1.4]">
          {memberName !== undefined && (
            <bdi className="max-w-28 shrink-0 truncate text-xs text-muted-foreground">{memberName}</bdi>
          )}
          {place ? (
            <CategoryPopup
              value={entry.categoryId}
              onPick={(categoryId, projectId) => {
                if (categoryId !== entry.categoryId)
                  actions.edit({ entry, changes: { categoryId }, projectId });
              }}
              trigger={
                <button
                  type="button"
                  tabIndex={-1}
                  data-part="category"
                  aria-label={t.entry.categoryIs([place.project.name, ...place.path].join(PATH_SEPARATOR))}
                  className="-ml-1.5 flex h-7 min-w-0 items-center rounded-lg px-1.5 text-[0.8125rem] hover:bg-muted sm:-ml-0 lg:h-8 lg:flex-1"
                >
                  <CategoryLabel place={place} />
                </button>
              }
            />
          ) : (
            <span className="h-4 w-32 animate-pulse rounded bg-muted lg:flex-1" />
          )}
          <TagPicker
            value={entry.tagIds}
            onChange={(tagIds) => actions.edit({ entry, changes: { tagIds } })}
            trigger={
              <button
                type="button"
                tabIndex={-1}
                aria-label={
                  tags.length > 0 ? t.entry.tagsAre(tags.map((tag) => tag.name).join(', ')) : t.entry.tags
                }
                className={cn(
                  'flex h-7 shrink-0 items-center gap-1 rounded-lg px-1 hover:bg-muted lg:h-8 lg:w-12 lg:justify-end xl:w-34',
                  tags.length === 0 && 'max-lg:hidden',
                )}
              >
                {tags.length === 0 && (
                  <TagIcon
                    aria-hidden
                    className="size-4 text-muted-foreground/60 opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100"
                  />
                )}
                {/* A phone has no room for their names. */}
                {tags.length > 0 && (
                  <span className="mr-1 flex items-center gap-1 text-xs font-medium text-muted-foreground xl:hidden">
                    <TagIcon aria-hidden className="size-3.5" />
                    {tags.length}
                  </span>
                )}
                {tags.slice(0, 2).map((tag) => (
                  <TagChip key={tag.id} tag={tag} className="min-w-0 max-xl:hidden" />
                ))}
                {tags.length > 2 && (
                  <span className="text-xs text-muted-foreground max-xl:hidden">+{tags.length - 2}</span>
                )}
              </button>
            }
          />
        </div>
      </div>
      <BillableToggle
        value={entry.billable}
        onChange={(billable) => actions.edit({ entry, changes: { billable } })}
        className="hidden sm:flex"
        tabIndex={-1}
      />
      <span className={cn('flex w-6 shrink-0 justify-center', !overlaps && 'max-lg:hidden')}>
        {overlaps && <OverlapMark entry={entry} overlaps={overlaps} />}
      </span>
      <EntryTimes
        entry={entry}
        seconds={seconds}
        shownSeconds={shownSeconds}
        timeZone={timeZone}
        onChange={(changes) => actions.edit({ entry, changes })}
      />
      <div className="flex items-center">
        {running ? (
          <span className="flex size-8 items-center justify-center text-running" title={t.timer.running}>
            <span className="size-2 animate-pulse rounded-full bg-current" />
            <span className="sr-only">{t.timer.running}</span>
          </span>
        ) : (
          <Tooltip content={t.entry.startAgain}>
            <Button
              variant="ghost"
              size="icon-sm"
              tabIndex={-1}
              aria-label={t.entry.startAgainLong(name)}
              className="text-muted-foreground hover:text-primary"
              // The second click of a double one would end what the first began.
              onClick={({ detail }) => {
                if (detail < 2) actions.resume(entry);
              }}
            >
              <Play aria-hidden />
            </Button>
          </Tooltip>
        )}
        <RowMenu
          entry={entry}
          actions={actions}
          trigger={
            <Button
              variant="ghost"
              size="icon-sm"
              tabIndex={-1}
              aria-label={t.entry.more(name)}
              className="hidden text-muted-foreground sm:inline-flex"
            >
              <Ellipsis aria-hidden />
            </Button>
          }
        />
      </div>
    </li>
  );
});

/** The description, changed where it stands; Escape brings back what is. What is typed stays, whatever others change meanwhile. */
function DescriptionCell({
  entry,
  onCommit,
}: {
  entry: Entry;
  onCommit: (seen: Entry, description: string) => void;
}) {
  /** What is typed, and the entry as it was when the typing began. What was sent is shown until the entry has it. */
  const [draft, setDraft] = useState<{ text: string; seen: Entry; sent?: true } | null>(null);
  const [shown, setShown] = useState(entry);
  if (shown !== entry) {
    setShown(entry);
    if (draft?.sent) setDraft(null);
  }
  return (
    <input
      type="text"
      tabIndex={-1}
      aria-label={t.entry.description}
      placeholder={t.timer.describe}
      maxLength={5_000}
      value={draft?.text ?? entry.description}
      onChange={(event) => setDraft({ text: event.currentTarget.value, seen: draft?.seen ?? entry })}
      onBlur={() => {
        const text = draft?.text.trim();
        if (draft === null || draft.sent || text === undefined || text === draft.seen.description) {
          setDraft(null);
          return;
        }
        setDraft({ ...draft, sent: true });
        // Another description by now is a conflict; another change of the entry is none.
        onCommit(draft.seen.description === entry.description ? entry : draft.seen, text);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') setDraft(null);
      }}
      className="hidden h-8 w-full min-w-0 flex-1 truncate rounded-lg bg-transparent px-2 text-sm font-medium placeholder:font-normal placeholder:text-muted-foreground/80 hover:bg-muted focus-visible:bg-surface focus-visible:outline-ring sm:-ml-2 sm:block lg:ml-0"
    />
  );
}

function OverlapMark({ entry, overlaps }: { entry: Entry; overlaps: readonly Overlap[] }) {
  const seconds = overlaps.reduce((sum, overlap) => sum + overlap.durationSeconds, 0);
  const others = overlaps.filter(
    (overlap) => overlap.firstId === entry.id || overlap.secondId === entry.id,
  ).length;
  const text = t.entry.overlaps(others, seconds < 60 ? t.entry.underAMinute : formatDurationWords(seconds));
  return (
    <Tooltip content={text}>
      <button
        type="button"
        tabIndex={-1}
        aria-label={text}
        className="flex size-6 shrink-0 items-center justify-center rounded-md text-warning"
      >
        <TriangleAlert aria-hidden className="size-4" />
      </button>
    </Tooltip>
  );
}
