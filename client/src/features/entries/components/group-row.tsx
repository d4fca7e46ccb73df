import { ChevronRight, Play } from 'lucide-react';
import { memo } from 'react';
import type { Entry } from '@/api/types';
import { Duration } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { Tooltip } from '@/components/ui/tooltip';
import { PATH_SEPARATOR, type Catalog } from '@/entities/catalog/catalog';
import { CategoryLabel } from '@/entities/catalog/category-label';
import { cn } from '@/lib/cn';
import { formatClock, formatDurationWords } from '@/lib/time/format';
import { t } from '@/messages/first';

interface GroupRowProps {
  entries: readonly Entry[];
  isOpen: boolean;
  /** What is printed for all of them. */
  shownSeconds: number;
  timeZone: string;
  catalog: Catalog | undefined;
  onToggle: () => void;
  onResume: (entry: Entry) => void;
}

/** Entries of a day that are alike, as one line; unfolded, each stands below it. */
export const GroupRow = memo(function GroupRow({
  entries,
  isOpen,
  shownSeconds,
  timeZone,
  catalog,
  onToggle,
  onResume,
}: GroupRowProps) {
  const newest = entries[0];
  const oldest = entries.at(-1);
  if (!newest || !oldest) return null;
  const place = catalog?.place(newest.categoryId);
  const name = newest.description || (place ? place.path.join(PATH_SEPARATOR) : t.entry.unnamed);
  return (
    <li
      aria-label={t.entry.alike(name, entries.length)}
      data-entry={newest.id}
      data-group
      // One stop, as an entry is.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="group/row relative flex items-center gap-2 py-2 pr-2 pl-3 outline-offset-[-2px] transition-colors hover:bg-muted/40 sm:pl-4 lg:h-10 lg:py-0 in-data-[density=compact]:lg:h-9"
    >
      <button
        type="button"
        tabIndex={-1}
        data-part="toggle"
        aria-expanded={isOpen}
        aria-label={isOpen ? t.entry.fold(name) : t.entry.unfold(name, entries.length)}
        onClick={onToggle}
        className="flex min-w-0 flex-1 flex-col items-start gap-0.5 text-left after:absolute after:inset-0 lg:flex-row lg:items-center lg:gap-2"
      >
        <span className="flex max-w-full min-w-0 items-center gap-2 lg:flex-1">
          <span className="-ml-1 flex h-5 shrink-0 items-center rounded-md bg-muted pr-1.5 pl-0.5 text-xs font-semibold text-muted-foreground tabular">
            <ChevronRight
              aria-hidden
              className={cn('size-3.5 transition-transform', isOpen && 'rotate-90')}
            />
            {entries.length}
          </span>
          <bdi
            className={cn(
              'truncate text-sm font-medium',
              !newest.description && 'font-normal text-muted-foreground',
            )}
          >
            {newest.description || t.entry.noDescription}
          </bdi>
        </span>
        <span className="flex max-w-full min-w-0 items-center text-[0.8125rem] lg:flex-[1.4] lg:px-1.5">
          {place && <CategoryLabel place={place} />}
        </span>
      </button>
      <span className="flex flex-col items-end gap-0.5 lg:flex-row lg:items-center lg:gap-3">
        <span className="order-2 text-xs whitespace-nowrap text-muted-foreground tabular lg:order-0 xl:text-sm">
          {t.day.range(
            formatClock(oldest.startedAt, timeZone),
            formatClock(newest.stoppedAt ?? newest.startedAt, timeZone),
          )}
        </span>
        <span className="min-w-14 text-right">
          <Duration seconds={shownSeconds} className="text-sm font-semibold" />
        </span>
      </span>
      <span className="relative flex items-center sm:pr-8">
        <Tooltip content={t.entry.startAgain}>
          <Button
            variant="ghost"
            size="icon-sm"
            tabIndex={-1}
            aria-label={t.entry.startAgainLong(name)}
            className="text-muted-foreground hover:text-primary"
            // The second click of a double one would end what the first began.
            onClick={({ detail }) => {
              if (detail < 2) onResume(newest);
            }}
          >
            <Play aria-hidden />
          </Button>
        </Tooltip>
      </span>
    </li>
  );
});

interface GapRowProps {
  from: number;
  to: number;
  timeZone: string;
  onAdd: () => void;
}

/** Time between two entries of which nothing was tracked. */
export function GapRow({ from, to, timeZone, onAdd }: GapRowProps) {
  const range = [formatClock(from, timeZone), formatClock(to, timeZone)] as const;
  return (
    <li className="flex h-7 items-center gap-2 bg-muted/25 pr-2 pl-3 text-xs text-muted-foreground sm:pl-4">
      <span className="tabular">{t.day.range(...range)}</span>
      <span aria-hidden className="h-px flex-1 border-t border-dashed border-border" />
      <span>{t.list.gap(formatDurationWords((to - from) / 1000))}</span>
      <Button
        variant="ghost"
        size="sm"
        className="h-6 px-2 text-xs"
        aria-label={t.list.fillGap(...range)}
        onClick={onAdd}
      >
        {t.list.addHere}
      </Button>
    </li>
  );
}
