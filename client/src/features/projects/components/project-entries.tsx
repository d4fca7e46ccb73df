import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Clock } from 'lucide-react';
import { useCatalog } from '@/entities/catalog/catalog';
import { activeQuery, entryListQuery } from '@/entities/entry/queries';
import { entryTotalsQuery, secondsNow } from '@/entities/entry/totals';
import { isListed, isOwn, type EntryFilters } from '@/entities/entry/filters';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { seesAllTime } from '@/entities/me/role-rules';
import { useToday } from '@/entities/me/use-today';
import type { Entry, Project } from '@/api/types';
import { Duration, Elapsed } from '@/components/duration';
import { NextPage } from '@/components/older-entries';
import { EmptyState, ErrorState } from '@/components/states';
import { buttonVariants } from '@/components/ui/button';
import { SkeletonRows } from '@/components/ui/skeleton';
import { useNow } from '@/hooks/use-now';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';
import { formatClock, formatDay } from '@/lib/time/format';
import { dayOf } from '@/lib/time/zoned';
import { t } from '@/messages/later';

/** The newest entries of a project that the user may see, to look at; they are changed in the list of entries. */
export function ProjectEntries({ project }: { project: Project }) {
  // Of a member who leads no project these are their own.
  const filters: EntryFilters = { projectId: project.id, member: ['all'] };
  const list = useInfiniteQuery(entryListQuery(filters));
  const { data: totals } = useQuery(entryTotalsQuery(filters));
  const active = useQuery(activeQuery).data;
  const timer = active && isListed(active, filters) === true ? active : null;
  const role = useQuery(meQuery).data?.role;
  const seesAll = role !== undefined && seesAllTime(role);
  const now = useNow((totals?.running ?? 0) > 0);
  const entries = list.data?.pages.flatMap((page) => page.entries) ?? [];
  const members = useMembers(entries.some((entry) => !isOwn(entry))).data;

  if (list.isPending) return <SkeletonRows rows={4} label={t.list.loading} />;
  if (list.isLoadingError) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (entries.length === 0) {
    return (
      <EmptyState icon={<Clock aria-hidden />} title={seesAll ? t.projects.noEntries : t.projects.noneToSee}>
        {t.projects.noEntriesHint}
      </EmptyState>
    );
  }
  return (
    <>
      <div className="mb-3 flex flex-wrap items-center justify-between gap-2 text-sm text-muted-foreground">
        {totals ? (
          <p className="flex items-baseline gap-2">
            <Duration
              seconds={secondsNow(totals, totals, totals.asOf, timer, now)}
              className="font-semibold text-foreground"
            />
            {seesAll ? t.projects.total(totals.entries) : t.projects.totalToSee(totals.entries)}
          </p>
        ) : (
          <span />
        )}
        <Link
          to="/"
          search={{ project: project.id, member: 'all' }}
          className={buttonVariants({ variant: 'ghost', size: 'sm' })}
        >
          {t.projects.allEntries}
        </Link>
      </div>
      <ul
        aria-label={t.projects.entries}
        className="divide-y divide-border/70 overflow-hidden rounded-xl border bg-surface shadow-card"
      >
        {entries.map((entry) => (
          <Row
            key={entry.id}
            entry={entry}
            by={isOwn(entry) ? undefined : members?.find(({ id }) => id === entry.userId)?.name}
          />
        ))}
      </ul>
      <NextPage list={list} />
    </>
  );
}

interface RowProps {
  entry: Entry;
  /** Whose it is, when it is not the user's own. */
  by: string | undefined;
}

function Row({ entry, by }: RowProps) {
  const timeZone = useTimeZone();
  const today = useToday();
  const place = useCatalog().data?.place(entry.categoryId);
  return (
    <li className="flex items-center gap-3 px-4 py-2 text-sm">
      <span className="min-w-0 flex-1 sm:flex sm:items-baseline sm:gap-3">
        <bdi className="block truncate font-medium">
          {entry.description || (
            <span className="font-normal text-muted-foreground">{t.entry.noDescription}</span>
          )}
        </bdi>
        <span className="block truncate text-[0.8125rem] text-muted-foreground">
          {by !== undefined && (
            <>
              <bdi>{by}</bdi>
              {' · '}
            </>
          )}
          <bdi>{place?.path.join(PATH_SEPARATOR)}</bdi>
        </span>
      </span>
      <span className="text-right text-[0.8125rem] text-muted-foreground">
        {formatDay(dayOf(entry.startedAt, timeZone), today)}
        <span className="block tabular sm:ml-2 sm:inline">
          {t.day.range(
            formatClock(entry.startedAt, timeZone),
            entry.stoppedAt === null ? t.entry.now : formatClock(entry.stoppedAt, timeZone),
          )}
        </span>
      </span>
      {entry.durationSeconds === null ? (
        <Elapsed since={entry.startedAt} className="w-16 text-right font-semibold text-running" />
      ) : (
        <Duration seconds={entry.durationSeconds} className="w-16 text-right font-semibold" />
      )}
    </li>
  );
}
