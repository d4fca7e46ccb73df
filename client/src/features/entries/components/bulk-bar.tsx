import { Pencil, Trash2, X } from 'lucide-react';
import type { Entry } from '@/api/types';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { useEntryActions } from '@/entities/entry/use-entry-actions';
import { openDialog } from '@/hooks/use-dialogs';
import type { Selection } from '../hooks/use-selection';
import { t } from '@/messages/later';

/** The most that the server changes at once. */
const MAX_BULK = 1_000;

interface BulkBarProps {
  entries: readonly Entry[];
  selection: Selection;
  allIds: readonly string[];
}

/** What can be done with everything that is ticked. */
export function BulkBar({ entries, selection, allIds }: BulkBarProps) {
  const actions = useEntryActions();
  const count = selection.selected.length;
  const seconds = entries.reduce((sum, entry) => sum + (entry.durationSeconds ?? 0), 0);
  const tooMany = count > MAX_BULK;

  if (!selection.active) return null;
  return (
    <div className="pointer-events-none sticky bottom-18 z-20 mt-4 flex justify-center md:bottom-4">
      <div
        role="toolbar"
        aria-label={t.bulk.label}
        className="pointer-events-auto flex max-w-full items-center gap-1 rounded-2xl bg-foreground py-1.5 pr-1.5 pl-4 text-sm text-background shadow-pop"
      >
        <span className="mr-2 min-w-0 truncate" aria-live="polite">
          <strong className="font-semibold">{t.bulk.selected(count)}</strong>
          {count > 0 && (
            <span className="opacity-75 max-sm:hidden">
              {' · '}
              <Duration seconds={seconds} />
            </span>
          )}
        </span>
        {count < allIds.length && (
          <Button
            variant="ghost"
            size="sm"
            className="hover:bg-background/15"
            onClick={() => selection.set(allIds.slice(0, MAX_BULK), true)}
          >
            {t.bulk.all(Math.min(allIds.length, MAX_BULK))}
          </Button>
        )}
        <Button
          variant="ghost"
          size="sm"
          className="hover:bg-background/15"
          disabled={count === 0 || tooMany}
          onClick={() => openDialog({ dialog: 'bulk', entries })}
        >
          <Pencil aria-hidden /> {t.action.edit}
        </Button>
        <Button
          variant="ghost"
          size="sm"
          className="hover:bg-background/15"
          disabled={count === 0 || tooMany}
          onClick={() => {
            actions.remove(entries);
            selection.clear();
          }}
        >
          <Trash2 aria-hidden /> {t.action.delete}
        </Button>
        <Button
          variant="ghost"
          size="icon-sm"
          className="hover:bg-background/15"
          aria-label={t.bulk.clear}
          onClick={selection.clear}
        >
          <X aria-hidden />
        </Button>
      </div>
    </div>
  );
}
