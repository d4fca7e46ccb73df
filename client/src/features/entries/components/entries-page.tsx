import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CalendarSearch, ListChecks, Plus, Timer, Upload } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useCatalog, useTags } from '@/entities/catalog/catalog';
import type { Entry } from '@/api/types';
import { PageHeader } from '@/components/page-header';
import { EmptyState, ErrorState } from '@/components/states';
import { Button, buttonVariants } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useEntryActions } from '@/entities/entry/use-entry-actions';
import { cn } from '@/lib/cn';
import { deferred, useDeferred } from '@/lib/deferred';
import { formatWeek } from '@/lib/time/format';
import { instantAt, parseDay } from '@/lib/time/zoned';
import { useEntryList, useOverlaps } from '../hooks/use-entry-list';
import { useSelection } from '../hooks/use-selection';
import { countFilters, noFilters, type EntriesSearch } from '../search';
import { BulkBar } from './bulk-bar';
import { DayCard, Total } from './day-card';
import type { RowActions } from './entry-row';
import { FilterBar } from './filter-bar';
import { WeekStrip } from './week-strip';

const dialogs = deferred(() => import('./dialogs'));

type Open =
  | { dialog: 'add' }
  | { dialog: 'edit'; entry: Entry }
  | { dialog: 'split'; entry: Entry & { stoppedAt: string } };

/** Where an entry that is added to a past day begins until another time is typed. */
const START_OF_WORK = { hour: 9, minute: 0 };

interface EntriesPageProps {
  search: EntriesSearch;
  onSearch: (changes: Partial<EntriesSearch>) => void;
}

/** Everything that was tracked, by day. */
export function EntriesPage({ search, onSearch }: EntriesPageProps) {
  const { query, isPending, error, weeks, timeZone, today } = useEntryList(search);
  const client = useQueryClient();
  /** Everything on this page that is missing. */
  const retry = () =>
    void client.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
  const overlaps = useOverlaps(weeks);
  const catalog = useCatalog().data;
  const tagById = useTags().byId;
  const [open, setOpen] = useState<Open | null>(null);
  const listed = useMemo(() => weeks.flatMap((week) => week.days.flatMap((day) => day.started)), [weeks]);
  const ids = useMemo(() => listed.map((entry) => entry.id), [listed]);
  const selection = useSelection(ids);
  const selected = listed.filter((entry) => selection.has(entry.id));
  const filtered = countFilters(search) > 0;
  const failed = error !== null;
  const firstVisit = query.isSuccess && !isPending && weeks.length === 0 && !filtered;
  const hasMore = query.hasNextPage;
  const onlyDay = search.from && search.from === search.to ? search.from : undefined;
  const addDay = parseDay(onlyDay);

  const entryActions = useEntryActions();
  const actions = useMemo<RowActions>(
    () => ({
      ...entryActions,
      openEditor: (entry) => setOpen({ dialog: 'edit', entry }),
      openSplit: (entry) => {
        if (entry.stoppedAt !== null)
          setOpen({ dialog: 'split', entry: { ...entry, stoppedAt: entry.stoppedAt } });
      },
    }),
    [entryActions],
  );
  const dialog = useDeferred(dialogs, open !== null);
  const inEditor = {
    onClose: () => setOpen(null),
    onSplit: actions.openSplit,
    onDuplicate: (entry: Entry) => {
      setOpen(null);
      actions.duplicate(entry);
    },
  };

  return (
    <>
      <PageHeader title="Time">
        {listed.length > 0 && (
          <Button variant="ghost" aria-pressed={selection.active} onClick={selection.toggleMode}>
            <ListChecks aria-hidden /> Select
          </Button>
        )}
        <Button onClick={() => setOpen({ dialog: 'add' })}>
          <Plus aria-hidden /> Add entry
        </Button>
      </PageHeader>
      {!firstVisit && (
        <>
          <WeekStrip
            day={parseDay(search.week) ?? today}
            selectedDay={onlyDay}
            onSelectDay={(day) => onSearch({ from: day, to: day })}
            onWeek={(week) => onSearch({ week })}
            onRetry={failed ? undefined : retry}
          />
          <FilterBar search={search} onChange={onSearch} />
        </>
      )}

      {isPending ? (
        <SkeletonRows rows={6} label="Loading entries" />
      ) : failed ? (
        <ErrorState error={error} onRetry={retry} />
      ) : firstVisit ? (
        <FirstVisit onAdd={() => setOpen({ dialog: 'add' })} />
      ) : weeks.length === 0 ? (
        <EmptyState
          icon={<CalendarSearch aria-hidden />}
          title="No entries found"
          action={<Button onClick={() => onSearch(noFilters)}>Clear the filters</Button>}
        >
          No entries match these filters.
        </EmptyState>
      ) : (
        <div className="grid gap-6">
          {weeks.map((week, weekIndex) => {
            const lastWeek = hasMore && weekIndex === weeks.length - 1;
            return (
              <section
                key={week.monday.toString()}
                aria-label={formatWeek(week.monday, today)}
                className="grid gap-3"
              >
                <header className="flex items-baseline justify-between px-1">
                  <h2 className="text-sm font-medium text-muted-foreground">
                    {formatWeek(week.monday, today)}
                  </h2>
                  <span className="text-sm font-medium text-muted-foreground">
                    <Total pieces={week.days.flatMap((day) => day.pieces)} partial={lastWeek} />
                  </span>
                </header>
                {week.days.map((day, dayIndex) => (
                  <DayCard
                    key={day.date.toString()}
                    day={day}
                    today={today}
                    partial={lastWeek && dayIndex === week.days.length - 1}
                    overlaps={overlaps}
                    selection={selection}
                    catalog={catalog}
                    tagById={tagById}
                    timeZone={timeZone}
                    actions={actions}
                  />
                ))}
              </section>
            );
          })}
        </div>
      )}
      {hasMore && (
        <div className="mt-5 flex justify-center">
          <Button disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {query.isFetchingNextPage ? 'Loading…' : 'Load older entries'}
          </Button>
        </div>
      )}
      <BulkBar entries={selected} selection={selection} allIds={ids} />

      {dialog && open?.dialog === 'add' && (
        <dialog.EntryEditor
          entry={null}
          startOfNew={
            addDay && !addDay.equals(today)
              ? instantAt(addDay, START_OF_WORK, timeZone).epochMilliseconds
              : null
          }
          {...inEditor}
        />
      )}
      {dialog && open?.dialog === 'edit' && (
        <dialog.EntryEditor key={open.entry.id} entry={open.entry} {...inEditor} />
      )}
      {dialog && open?.dialog === 'split' && (
        <dialog.SplitDialog entry={open.entry} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

function FirstVisit({ onAdd }: { onAdd: () => void }) {
  return (
    <EmptyState
      icon={<Timer aria-hidden />}
      title="No time tracked yet"
      action={
        <>
          <Link to="/projects" className={cn(buttonVariants({ variant: 'primary' }))}>
            Create a project
          </Link>
          <Button onClick={onAdd}>
            <Plus aria-hidden /> Add time manually
          </Button>
          <Link to="/import" className={cn(buttonVariants({ variant: 'outline' }))}>
            <Upload aria-hidden /> Import from Toggl
          </Link>
        </>
      }
    >
      Type what you're working on and press Enter. You can create a project as you go.
    </EmptyState>
  );
}
