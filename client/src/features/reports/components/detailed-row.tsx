import { DollarSign, Pencil } from 'lucide-react';
import { ColorDot } from '@/components/color-dot';
import { Duration } from '@/components/duration';
import { PATH_SEPARATOR } from '@/entities/catalog/catalog';
import { cn } from '@/lib/cn';
import { formatClock, formatClockRange, formatDuration } from '@/lib/time/format';
import { toMillis } from '@/lib/time/zoned';
import { fill } from '@/messages/fill';
import { t } from '@/messages/later';
import type { ReportEntry } from '../queries';
import { Amounts } from './amounts';

interface DetailedRowProps {
  entry: ReportEntry;
  /** As they are printed. */
  seconds: number;
  color: string | undefined;
  timeZone: string;
  showMember: boolean;
  /** Whether any of the entries has an amount. */
  showAmount: boolean;
  busy: boolean;
  /** Absent for who may not change it. */
  onEdit?: ((id: string) => void) | undefined;
}

/** One entry, with its time in the range. */
export function DetailedRow({
  entry,
  seconds,
  color,
  timeZone,
  showMember,
  showAmount,
  busy,
  onEdit,
}: DetailedRowProps) {
  const { id, description, project, category, tags, member, billable, startedAt, stoppedAt } = entry;
  const path = category.path.join(PATH_SEPARATOR);
  const name = description || path;
  const [from, to] =
    stoppedAt === null
      ? [formatClock(startedAt, timeZone), t.entry.now]
      : formatClockRange(startedAt, stoppedAt, timeZone);
  const whole = stoppedAt === null ? null : Math.floor((toMillis(stoppedAt) - toMillis(startedAt)) / 1000);
  const isPart = whole !== null && whole > entry.durationSeconds + 1;
  return (
    <li
      aria-label={name}
      data-entry={id}
      className={cn(
        'group/row relative flex items-center gap-3 px-3 py-2 text-sm sm:px-4',
        onEdit && 'hover:bg-muted/40 has-focus-visible:bg-muted/40',
        stoppedAt === null &&
          'before:absolute before:inset-y-0 before:left-0 before:w-0.75 before:bg-running',
      )}
    >
      <div className="grid min-w-0 flex-1 gap-x-3 gap-y-0.5 lg:grid-cols-[minmax(0,1.2fr)_minmax(0,1fr)] lg:items-center">
        <span className="flex min-w-0 items-center gap-2">
          <bdi className={cn('truncate font-medium', !description && 'font-normal text-muted-foreground')}>
            {description || t.entry.noDescription}
          </bdi>
          {tags.slice(0, 3).map((tag) => (
            <span key={tag.id} className="tag-chip max-sm:hidden">
              <bdi className="truncate">{tag.name}</bdi>
            </span>
          ))}
          {tags.length > 3 && (
            <span className="text-xs text-muted-foreground max-sm:hidden">+{tags.length - 3}</span>
          )}
        </span>
        <span className="flex min-w-0 items-center gap-2 text-[0.8125rem] text-muted-foreground">
          {color && <ColorDot color={color} />}
          <bdi
            className="truncate"
            title={[entry.client?.name, project.name, path].filter(Boolean).join(PATH_SEPARATOR)}
          >
            <span className="font-medium text-foreground">{project.name}</span> · {path}
          </bdi>
          {showMember && <bdi className="shrink-0 truncate max-sm:max-w-24">{member.name}</bdi>}
        </span>
      </div>
      <span className="flex w-4 shrink-0 justify-center max-sm:hidden">
        {billable && (
          <span title={t.entry.billable} className="text-primary [&_svg]:size-4">
            <DollarSign aria-hidden />
            <span className="sr-only">{t.entry.billable}</span>
          </span>
        )}
      </span>
      <span className="shrink-0 text-right sm:flex sm:items-center sm:gap-3">
        <span className="block text-[0.8125rem] text-muted-foreground tabular max-sm:order-1 sm:w-34">
          {t.day.range(from, to)}
        </span>
        <span className="block font-semibold sm:w-20">
          <Duration seconds={seconds} exact={entry.roundedSeconds} />
          {entry.roundedSeconds !== entry.durationSeconds && (
            <span className="block text-xs font-normal whitespace-nowrap text-muted-foreground tabular">
              {fill(t.reports.exact, { length: <Duration seconds={entry.durationSeconds} /> })}
            </span>
          )}
          {isPart && (
            <span
              title={t.reports.partHint}
              className="block text-xs font-normal text-muted-foreground tabular"
            >
              {t.reports.partOf(formatDuration(whole))}
            </span>
          )}
          {showAmount && (
            <span className="block text-xs font-normal text-muted-foreground sm:hidden">
              <Amounts amounts={entry.amounts ?? []} />
            </span>
          )}
        </span>
        {showAmount && (
          <span className="block text-[0.8125rem] max-sm:hidden sm:w-24">
            <Amounts amounts={entry.amounts ?? []} />
          </span>
        )}
      </span>
      {onEdit && (
        <button
          type="button"
          aria-label={t.entry.edit(name)}
          aria-busy={busy}
          title={t.action.edit}
          onClick={() => onEdit(id)}
          // The whole row is the button.
          className="flex size-8 shrink-0 items-center justify-center rounded-lg text-muted-foreground group-hover/row:text-foreground after:absolute after:inset-0 max-sm:w-4 print:hidden [&_svg]:size-4"
        >
          <Pencil aria-hidden className={cn('max-sm:hidden', busy && 'animate-pulse')} />
        </button>
      )}
    </li>
  );
}
