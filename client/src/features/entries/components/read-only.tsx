import { Link } from '@tanstack/react-router';
import { DollarSign, Eye } from 'lucide-react';
import { Duration, Elapsed } from '@/components/duration';
import { EmptyState } from '@/components/states';
import { buttonVariants } from '@/components/ui/button';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';
import { CategoryLabel } from '@/entities/catalog/category-label';
import { TagChip } from '@/entities/catalog/tag-chip';
import { cn } from '@/lib/cn';
import { formatClock, formatClockRange } from '@/lib/time/format';
import { t } from '@/messages/later';
import type { EntryRowProps } from './entry-row';

/** An entry for users who change none. */
export function ReadOnlyRow({
  entry,
  seconds,
  shownSeconds,
  catalog,
  tagById,
  timeZone,
  memberName,
}: EntryRowProps) {
  const { description, startedAt, stoppedAt, durationSeconds, billable, tagIds } = entry;
  const place = catalog?.place(entry.categoryId);
  const tags = tagIds.flatMap((id) => tagById.get(id) ?? []);
  const [from, to] =
    stoppedAt === null
      ? [formatClock(startedAt, timeZone), t.entry.now]
      : formatClockRange(startedAt, stoppedAt, timeZone);
  return (
    <li
      aria-label={description || (place ? place.path.join(PATH_SEPARATOR) : t.entry.unnamed)}
      data-entry={entry.id}
      className={cn(
        'relative flex items-center gap-3 px-3 py-2 text-sm sm:px-4 lg:min-h-10',
        stoppedAt === null &&
          'before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-running',
      )}
    >
      <span className="grid min-w-0 flex-1 gap-x-3 gap-y-0.5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)] lg:items-center">
        <bdi className={cn('truncate font-medium', !description && 'font-normal text-muted-foreground')}>
          {description || t.entry.noDescription}
        </bdi>
        <span className="flex min-w-0 items-center gap-2 text-[0.8125rem]">
          {memberName !== undefined && (
            <bdi className="max-w-28 shrink-0 truncate text-xs text-muted-foreground">{memberName}</bdi>
          )}
          {place && <CategoryLabel place={place} />}
          {tags.map((tag) => (
            <TagChip key={tag.id} tag={tag} className="min-w-0 max-lg:hidden" />
          ))}
        </span>
      </span>
      {billable && (
        <span title={t.entry.billable} className="text-primary max-sm:hidden [&_svg]:size-4">
          <DollarSign aria-hidden />
          <span className="sr-only">{t.entry.billable}</span>
        </span>
      )}
      <span className="flex shrink-0 flex-col items-end lg:flex-row lg:items-center lg:gap-3">
        <span className="order-2 text-xs whitespace-nowrap text-muted-foreground tabular lg:order-0">
          {t.day.range(from, to)}
        </span>
        <span className="min-w-14 text-right font-semibold">
          {durationSeconds === null ? (
            <Elapsed since={startedAt} className="text-running" />
          ) : (
            <Duration seconds={shownSeconds ?? durationSeconds} exact={seconds ?? durationSeconds} />
          )}
        </span>
      </span>
    </li>
  );
}

/** Where entries of one's own would stand, for users who track none. */
export function NothingOwn() {
  return (
    <EmptyState
      icon={<Eye aria-hidden />}
      title={t.may.nothingOwn}
      action={
        <>
          <Link to="/" search={{ member: 'all' }} className={buttonVariants({ variant: 'primary' })}>
            {t.may.seeAll}
          </Link>
          <Link to="/reports" search={{}} className={buttonVariants({ variant: 'outline' })}>
            {t.may.seeReports}
          </Link>
        </>
      }
    >
      {t.may.nothingOwnHint}
    </EmptyState>
  );
}
