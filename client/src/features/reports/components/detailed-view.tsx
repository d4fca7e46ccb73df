import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { OlderEntries } from '@/components/older-entries';
import { ErrorState } from '@/components/states';
import { toast } from '@/components/ui/toast';
import type { Entry } from '@/api/types';
import { fetchEntry } from '@/entities/entry/fetch-entry';
import { mayRole } from '@/entities/me/roles';
import { useEntryActions } from '@/entities/entry/use-entry-actions';
import { usePreferences } from '@/hooks/use-preferences';
import { deferred, useDeferred } from '@/lib/deferred';
import { formatMoney, sumByCurrency } from '@/lib/money';
import { shownUnit } from '@/lib/time/apportion';
import { t } from '@/messages/later';
import type { useReport } from '../hooks/use-report';
import { apportionInOrder, daysIn } from '../list';
import { detailedQuery, summaryQuery } from '../queries';
import type { ReportSearch } from '../search';
import { Days } from './days';
import { DetailedRow } from './detailed-row';
import { NoTime } from './no-time';
import { Loading, Updating } from './summary-view';
import { Notices, TotalsBar } from './totals';

const editor = deferred(() => import('@/entities/entry/entry-editor'));
const splitter = deferred(() => import('@/entities/entry/split-dialog'));

type Open = { dialog: 'edit'; entry: Entry } | { dialog: 'split'; entry: Entry & { stoppedAt: string } };

interface DetailedViewProps {
  search: ReportSearch;
  report: ReturnType<typeof useReport>;
  onSearch: (changes: Partial<ReportSearch>) => void;
}

/** The entries one by one, newest first. */
export function DetailedView({ search, report, onSearch }: DetailedViewProps) {
  const { question, isReady, timeZone, today, role, seesAmounts, catalog, drill } = report;
  const preferences = usePreferences();
  const totals = useQuery({ ...summaryQuery(question, {}), enabled: isReady });
  const list = useInfiniteQuery({ ...detailedQuery(question, seesAmounts), enabled: isReady });
  const entries = useMemo(() => list.data?.pages.flatMap((page) => page.entries) ?? [], [list.data]);
  const shown = useMemo(
    () =>
      apportionInOrder(
        entries.map(({ roundedSeconds }) => roundedSeconds),
        shownUnit(),
      ),
    // The unit is that of the duration format.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [entries, preferences.duration],
  );
  const pieces = useMemo(() => daysIn(entries, shown, timeZone), [entries, shown, timeZone]);
  // Each entry is rounded by itself, and their sum is what the entries that are shown add up to.
  const worth = useMemo(() => sumByCurrency(entries.flatMap(({ amounts }) => amounts ?? [])), [entries]);
  const members = useMemo(() => new Set(entries.map(({ member }) => member.id)), [entries]);
  const { onEdit, opening, dialogs } = useEditing();
  // What a member sees besides their own is in projects that they lead, where they may change it, too.
  const canEdit = mayRole(role, 'track_time');
  const retry = () => {
    void totals.refetch();
    void list.refetch();
  };

  if (list.isPending || totals.isPending) return <Loading />;
  if (!list.data || !totals.data)
    return <ErrorState title={t.reports.failed} error={list.error ?? totals.error} onRetry={retry} />;
  const isOld = list.isPlaceholderData || totals.isPlaceholderData;
  return (
    <>
      <Updating isOld={isOld}>
        <Notices
          report={totals.data}
          timeZone={timeZone}
          isStale={list.isRefetchError || totals.isRefetchError}
          onRetry={retry}
        />
        {entries.length === 0 ? (
          <NoTime search={search} onSearch={onSearch} />
        ) : (
          <>
            <TotalsBar report={totals.data} drill={drill} />
            <Days
              key={JSON.stringify(preferences)}
              pieces={pieces}
              today={today}
              row={(entry, seconds) => (
                <DetailedRow
                  key={entry.id}
                  entry={entry}
                  seconds={seconds}
                  color={catalog?.place(entry.category.id)?.color}
                  timeZone={timeZone}
                  showMember={members.size > 1}
                  showAmount={worth.length > 0}
                  busy={opening === entry.id}
                  onEdit={canEdit ? onEdit : undefined}
                />
              )}
            />
            <div className="print:hidden">
              <OlderEntries list={list} />
            </div>
            <p className="mt-3 text-center text-[0.8125rem] text-muted-foreground">
              {t.reports.loaded(entries.length, Math.max(entries.length, totals.data.total.entries))}
              {worth.map(({ currency, amount }) => (
                <span key={currency} className="font-medium text-foreground">
                  {' · '}
                  {formatMoney(amount, currency)}
                </span>
              ))}
            </p>
          </>
        )}
      </Updating>
      {dialogs}
    </>
  );
}

/** The editor of an entry, which is asked for when it is opened: a report says less of an entry than its editor needs. */
function useEditing() {
  const [open, setOpen] = useState<Open | null>(null);
  const [opening, setOpening] = useState<string | null>(null);
  const actions = useEntryActions();
  const edit = useDeferred(editor, opening !== null || open?.dialog === 'edit');
  const split = useDeferred(splitter, open?.dialog === 'split');
  const onEdit = (id: string) => {
    if (opening !== null) return;
    setOpening(id);
    fetchEntry(id)
      .then(
        (entry) => setOpen({ dialog: 'edit', entry }),
        (error: unknown) => toast.error(error, { title: t.reports.notOpened }),
      )
      .finally(() => setOpening(null));
  };
  const close = () => setOpen(null);
  const dialogs = (
    <>
      {edit && open?.dialog === 'edit' && (
        <edit.EntryEditor
          key={open.entry.id}
          entry={open.entry}
          onClose={close}
          onSplit={(entry) => {
            const { stoppedAt } = entry;
            if (stoppedAt !== null) setOpen({ dialog: 'split', entry: { ...entry, stoppedAt } });
          }}
          onDuplicate={(entry) => {
            close();
            actions.duplicate(entry);
          }}
        />
      )}
      {split && open?.dialog === 'split' && <split.SplitDialog entry={open.entry} onClose={close} />}
    </>
  );
  return { onEdit, opening, dialogs };
}
