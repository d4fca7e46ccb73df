import { Copy, Ellipsis, Pencil, Play, Scissors, Tag as TagIcon, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useCatalog, useTags } from '@/api/catalog';
import { isPending } from '@/api/pending';
import type { Entry, Overlap } from '@/api/types';
import { BillableToggle } from '@/components/billable-toggle';
import { CategoryLabel } from '@/components/category-picker/category-label';
import { CategoryPicker } from '@/components/category-picker/category-picker';
import { TagChip } from '@/components/tag-chip';
import { TagPicker } from '@/components/tag-picker';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { Tooltip } from '@/components/ui/tooltip';
import { useEntryActions } from '@/hooks/use-entry-actions';
import { cn } from '@/lib/cn';
import { formatDurationWords } from '@/lib/time/format';
import type { Selection } from '../hooks/use-selection';
import { EntryTimes } from './entry-times';

interface EntryRowProps {
  entry: Entry;
  overlaps: readonly Overlap[];
  selection: Selection;
  onEdit: (entry: Entry) => void;
  onSplit: (entry: Entry) => void;
  onDuplicate: (entry: Entry) => void;
}

export function EntryRow({ entry, overlaps, selection, onEdit, onSplit, onDuplicate }: EntryRowProps) {
  const catalog = useCatalog().data;
  const { byId } = useTags();
  const actions = useEntryActions();
  const place = catalog?.place(entry.categoryId);
  const running = entry.stoppedAt === null;
  const pending = isPending(entry);
  const name = entry.description || (place ? place.path.join(' / ') : 'Entry');
  const tags = entry.tagIds.flatMap((id) => byId.get(id) ?? []);

  return (
    <li
      aria-label={name}
      className={cn(
        'group/row relative flex items-center gap-2 py-2 pr-2 pl-3 transition-colors hover:bg-muted/40 sm:pl-4 lg:py-1',
        selection.has(entry.id) && 'bg-accent/60 hover:bg-accent/60',
        running && 'before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-running',
      )}
    >
      <Checkbox
        checked={selection.has(entry.id)}
        onCheckedChange={(on, shift) => selection.tick(entry.id, on, shift)}
        label={`Select ${name}`}
        className={cn(
          selection.active
            ? ''
            : 'hidden group-focus-within/row:opacity-100 group-hover/row:opacity-100 focus-visible:opacity-100 lg:-mr-1 lg:flex lg:opacity-0',
        )}
      />
      <div className="min-w-0 flex-1 lg:flex lg:items-center lg:gap-2">
        <button
          type="button"
          onClick={() => onEdit(entry)}
          aria-label={`Edit ${name}`}
          className="block w-full truncate text-left text-sm font-medium sm:hidden"
        >
          {entry.description || <span className="font-normal text-muted-foreground">No description</span>}
        </button>
        <DescriptionCell
          entry={entry}
          onCommit={(seen, description) => actions.edit({ entry: seen, changes: { description } })}
        />
        <div className="flex min-w-0 items-center gap-1.5 lg:flex-none">
          {place ? (
            <CategoryPicker
              value={entry.categoryId}
              onPick={(categoryId, projectId) => {
                if (categoryId !== entry.categoryId)
                  actions.edit({ entry, changes: { categoryId }, projectId });
              }}
              trigger={
                <button
                  type="button"
                  className="-ml-1.5 flex h-7 min-w-0 items-center rounded-lg px-1.5 text-[0.8125rem] hover:bg-muted sm:-ml-0 lg:h-8 lg:w-52 xl:w-64"
                >
                  <CategoryLabel place={place} />
                </button>
              }
            />
          ) : (
            <span className="h-4 w-32 animate-pulse rounded bg-muted lg:w-56 xl:w-72" />
          )}
          <TagPicker
            value={entry.tagIds}
            onChange={(tagIds) => actions.edit({ entry, changes: { tagIds } })}
            trigger={
              <button
                type="button"
                aria-label={tags.length > 0 ? `Tags: ${tags.map((tag) => tag.name).join(', ')}` : 'Tags'}
                className={cn(
                  'flex h-7 min-w-0 shrink items-center gap-1 rounded-lg px-1 hover:bg-muted lg:h-8 lg:w-34 lg:shrink-0 lg:justify-end',
                  tags.length === 0 && 'max-lg:hidden',
                )}
              >
                {tags.length === 0 && (
                  <TagIcon
                    aria-hidden
                    className="size-4 text-muted-foreground/60 opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100"
                  />
                )}
                {tags.slice(0, 2).map((tag) => (
                  <TagChip key={tag.id} tag={tag} className="min-w-0 max-lg:max-w-20" />
                ))}
                {tags.length > 2 && <span className="text-xs text-muted-foreground">+{tags.length - 2}</span>}
              </button>
            }
          />
        </div>
      </div>
      <BillableToggle
        value={entry.billable}
        onChange={(billable) => actions.edit({ entry, changes: { billable } })}
        className="hidden sm:flex"
      />
      <span className={cn('flex w-6 shrink-0 justify-center', overlaps.length === 0 && 'max-lg:hidden')}>
        {overlaps.length > 0 && <OverlapMark entry={entry} overlaps={overlaps} />}
      </span>
      <EntryTimes entry={entry} onChange={(changes) => actions.edit({ entry, changes })} />
      <div className="flex items-center">
        {running ? (
          <span className="flex size-8 items-center justify-center text-running" title="Running">
            <span className="size-2 animate-pulse rounded-full bg-current" />
            <span className="sr-only">Running</span>
          </span>
        ) : (
          <Tooltip content="Start again">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Start ${name} again`}
              className="text-muted-foreground hover:text-primary"
              onClick={() => actions.resume(entry)}
            >
              <Play aria-hidden />
            </Button>
          </Tooltip>
        )}
        <Menu
          trigger={
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`More for ${name}`}
              className="hidden text-muted-foreground sm:inline-flex"
            >
              <Ellipsis aria-hidden />
            </Button>
          }
        >
          <MenuItem icon={<Pencil aria-hidden />} onClick={() => onEdit(entry)}>
            Edit…
          </MenuItem>
          <MenuItem
            icon={<Copy aria-hidden />}
            disabled={running || pending}
            onClick={() => onDuplicate(entry)}
          >
            Duplicate
          </MenuItem>
          <MenuItem
            icon={<Scissors aria-hidden />}
            disabled={running || pending}
            onClick={() => onSplit(entry)}
          >
            Split…
          </MenuItem>
          <MenuSeparator />
          <MenuItem icon={<Trash2 aria-hidden />} danger onClick={() => actions.remove([entry])}>
            Delete
          </MenuItem>
        </Menu>
      </div>
    </li>
  );
}

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
      aria-label="Description"
      placeholder="Add a description"
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
  const text = `Overlaps ${others === 1 ? 'another entry' : `${others} other entries`} by ${formatDurationWords(seconds)}`;
  return (
    <Tooltip content={text}>
      <button
        type="button"
        aria-label={text}
        className="flex size-6 shrink-0 items-center justify-center rounded-md text-warning"
      >
        <TriangleAlert aria-hidden className="size-4" />
      </button>
    </Tooltip>
  );
}
