import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CalendarSearch, ListChecks, Plus, Timer, Upload } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { serverNow } from '@/api/server-clock';
import type { Entry } from '@/api/types';
import { PageHeader } from '@/components/page-header';
import { EmptyState, ErrorState } from '@/components/states';
import { Button, buttonVariants } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useCatalog, useTags } from '@/entities/catalog/catalog';
import { useMay } from '@/entities/me/use-may';
import { useEntryActions } from '@/entities/entry/use-entry-actions';
import { closeDialog, openDialog, useOpenDialog, type SharedDialog } from '@/hooks/use-dialogs';
import { usePreferences } from '@/hooks/use-preferences';
import { useShortcut } from '@/hooks/use-shortcut';
import { deferred, useDeferred } from '@/lib/deferred';
import { instantAt, parseDay, startOfWeek } from '@/lib/time/zoned';
import { t } from '@/messages/first';
import { useEntryList, useOverlaps } from '../hooks/use-entry-list';
import { useSelection } from '../hooks/use-selection';
import { focusNeighbour, focusRow } from '../rows';
import { useMembers } from '@/entities/me/members';
import { countFilters, noFilters, type EntriesSearch } from '../search';
import { isRunning, shownWeeks } from '../shown';
import { DayList } from './day-list';
import { EntryRow, type RowActions } from './entry-row';
import { FilterBar } from './filter-bar';
import { OlderEntries } from '@/components/older-entries';
import { WeekStrip } from './week-strip';

const dialogs = deferred(() => import('./dialogs'));
const bulk = deferred(() => import('./bulk-bar'));
const chips = deferred(() => import('./filter-chips'));
const reading = deferred(() => import('./read-only'));

/** A new entry, at the time that the page says. */
const ADD: Extract<SharedDialog, { dialog: 'add' }> = { dialog: 'add' };

/** Where an entry that is added to a past day begins until another time is typed. */
const START_OF_WORK = { hour: 9, minute: 0 };

interface EntriesPageProps {
  search: EntriesSearch;
  onSearch: (changes: Partial<EntriesSearch>) => void;
}

/** Everything that was tracked, by day. */
export function EntriesPage({ search, onSearch }: EntriesPageProps) {
  const { query, filters, isPending, error, weeks, totals, timeZone, today } = useEntryList(search);
  const client = useQueryClient();
  /** Everything on this page that is missing. */
  const retry = () =>
    void client.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
  const overlaps = useOverlaps(weeks);
  const catalog = useCatalog().data;
  const members = useMembers(search.member !== undefined).data;
  const tagById = useTags().byId;
  const preferences = usePreferences();
  const tracks = useMay()('track_time');
  const reader = useDeferred(reading, !tracks);
  const shown = useOpenDialog();
  // A dialog goes with the page that shows it.
  useEffect(() => closeDialog, []);
  /** What is about an entry or a time. */
  const open = shown === 'add' ? ADD : typeof shown === 'string' ? null : shown;
  const listed = useMemo(() => weeks.flatMap((week) => week.days.flatMap((day) => day.started)), [weeks]);
  const ids = useMemo(() => listed.map((entry) => entry.id), [listed]);
  const selection = useSelection(ids);
  const selected = listed.filter((entry) => selection.has(entry.id));
  const bulkBar = useDeferred(bulk, selection.active);
  const filtered = countFilters(search) > 0;
  const filterChips = useDeferred(chips, filtered);
  const failed = error !== null;
  const weekShown = useMemo(
    () =>
      filtered && !query.hasNextPage && !weeks.some((week) => week.days.some(isRunning))
        ? shownWeeks(weeks, serverNow())
        : undefined,
    [filtered, query.hasNextPage, weeks],
  );
  const firstVisit = query.isSuccess && !isPending && weeks.length === 0 && !filtered;
  const onlyDay = search.from && search.from === search.to ? search.from : undefined;
  const addDay = parseDay(onlyDay);
  const shownWeek = startOfWeek(parseDay(search.week) ?? today);

  const entryActions = useEntryActions();
  const actions = useMemo<RowActions>(
    () => ({
      ...entryActions,
      remove: (entries, title) => {
        const [only] = entries;
        if (only && entries.length === 1) focusNeighbour(only.id);
        entryActions.remove(entries, title);
      },
      openEditor: (entry) => openDialog({ dialog: 'edit', entry }),
      addBetween: (start, stop) => openDialog({ dialog: 'add', start, stop }),
      openSplit: (entry) => {
        if (entry.stoppedAt !== null)
          openDialog({ dialog: 'split', entry: { ...entry, stoppedAt: entry.stoppedAt } });
      },
    }),
    [entryActions],
  );
  const dialog = useDeferred(dialogs, open !== null);
  const add = () => openDialog('add');
  useShortcut('j', () => focusRow(1));
  useShortcut('k', () => focusRow(-1));
  const inEditor = {
    onClose: closeDialog,
    onSplit: actions.openSplit,
    onDuplicate: (entry: Entry) => {
      closeDialog();
      actions.duplicate(entry);
    },
  };

  return (
    <div data-density={preferences.density}>
      <PageHeader title={t.nav.timer} hidden />
      {!firstVisit && (
        <div className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-0.5 sm:gap-y-1">
          <WeekStrip
            day={shownWeek}
            selectedDay={onlyDay}
            onSelectDay={(day) => onSearch({ from: day, to: day })}
            onWeek={(week) => onSearch({ week })}
            onRetry={failed ? undefined : retry}
          />
          <div className="flex flex-1 items-center justify-end gap-1.5 max-sm:basis-auto sm:min-w-0">
            <FilterBar search={search} onChange={onSearch} />
            {tracks && listed.length > 0 && (
              <Button
                variant="ghost"
                className="px-2.5"
                aria-label={t.action.select}
                title={t.action.select}
                aria-pressed={selection.active}
                onClick={selection.toggleMode}
              >
                <ListChecks aria-hidden />
              </Button>
            )}
            {tracks && (
              <Button className="px-2.5" aria-label={t.action.add} title={t.action.add} onClick={add}>
                <Plus aria-hidden />
                <span className="max-xl:hidden">{t.action.add}</span>
              </Button>
            )}
          </div>
        </div>
      )}
      {filtered && (
        <div className="mb-2 min-h-7">
          {filterChips && <filterChips.FilterChips search={search} filters={filters} onChange={onSearch} />}
        </div>
      )}

      {isPending ? (
        <SkeletonRows rows={6} label={t.list.loading} />
      ) : failed ? (
        <ErrorState error={error} onRetry={retry} />
      ) : firstVisit ? (
        tracks ? (
          <FirstVisit onAdd={add} />
        ) : (
          reader && <reader.NothingOwn />
        )
      ) : weeks.length === 0 ? (
        <EmptyState
          icon={<CalendarSearch aria-hidden />}
          title={t.list.none}
          action={<Button onClick={() => onSearch(noFilters)}>{t.list.clearFilters}</Button>}
        >
          {t.list.noneHint}
        </EmptyState>
      ) : (
        <DayList
          // Formats are read where a row is drawn, and a row is drawn again when its entry changes.
          key={JSON.stringify(preferences)}
          weeks={weeks}
          hasMore={query.hasNextPage}
          told={filtered ? undefined : shownWeek.toString()}
          filtered={filtered}
          context={{
            today,
            overlaps,
            selection,
            catalog,
            tagById,
            timeZone,
            actions,
            totals,
            weekShown,
            memberOf: search.member ? (userId) => members?.find(({ id }) => id === userId)?.name : undefined,
            Row: tracks ? EntryRow : reader?.ReadOnlyRow,
            entryOf: (id) => listed.find((entry) => entry.id === id),
          }}
        />
      )}
      <OlderEntries list={query} />
      {bulkBar && <bulkBar.BulkBar entries={selected} selection={selection} allIds={ids} />}

      {dialog && open?.dialog === 'add' && (
        <dialog.EntryEditor
          entry={null}
          startOfNew={
            open.start ??
            (addDay && !addDay.equals(today)
              ? instantAt(addDay, START_OF_WORK, timeZone).epochMilliseconds
              : null)
          }
          stopOfNew={open.stop}
          typed={open.typed}
          {...inEditor}
        />
      )}
      {dialog && open?.dialog === 'edit' && (
        <dialog.EntryEditor key={open.entry.id} entry={open.entry} typed={open.typed} {...inEditor} />
      )}
      {dialog && open?.dialog === 'bulk' && (
        <dialog.BulkEditDialog {...open} onClose={closeDialog} onDone={selection.clear} />
      )}
      {dialog && open?.dialog === 'split' && <dialog.SplitDialog entry={open.entry} onClose={closeDialog} />}
    </div>
  );
}

function FirstVisit({ onAdd }: { onAdd: () => void }) {
  const may = useMay();
  const manages = may('manage_projects');
  return (
    <EmptyState
      icon={<Timer aria-hidden />}
      title={t.list.first}
      action={
        <>
          {manages && (
            <Link to="/projects" className={buttonVariants({ variant: 'outline' })}>
              {t.list.createProject}
            </Link>
          )}
          <Button onClick={onAdd}>
            <Plus aria-hidden /> {t.list.addManually}
          </Button>
          {may('import') && (
            <Link to="/import" className={buttonVariants({ variant: 'outline' })}>
              <Upload aria-hidden /> {t.list.import}
            </Link>
          )}
        </>
      }
    >
      {t.list.firstHint} {manages && t.list.firstHintProject}
    </EmptyState>
  );
}
