import type { Entry, UpdateEntry } from '@/api/types';
import { Duration, Elapsed } from '@/components/duration';
import { Popover } from '@/components/ui/popover';
import { deferred, useDeferred } from '@/lib/deferred';
import type { Times } from '@/lib/time/edits';
import { formatClock, formatClockRange } from '@/lib/time/format';
import { dayOf, toMillis, toTimestamp } from '@/lib/time/zoned';
import type { TimeFieldsProps } from '@/entities/entry/time-fields';
import { t } from '@/messages/first';

const part = deferred(() => import('@/entities/entry/time-fields'));

/** Mounted when it is opened. */
function Fields(props: TimeFieldsProps) {
  const loaded = useDeferred(part, true);
  return loaded ? <loaded.TimeFields {...props} /> : null;
}

interface EntryTimesProps {
  entry: Entry;
  seconds: number | undefined;
  shownSeconds: number | undefined;
  timeZone: string;
  onChange: (changes: UpdateEntry) => void;
}

/** From when to when, and how long; a click opens all of it for change. */
export function EntryTimes({ entry, seconds, shownSeconds, timeZone, onChange }: EntryTimesProps) {
  const times: Times = {
    start: toMillis(entry.startedAt),
    stop: entry.stoppedAt === null ? null : toMillis(entry.stoppedAt),
  };
  const days = times.stop === null ? 0 : dayOf(times.start, timeZone).until(dayOf(times.stop, timeZone)).days;
  const [from, to] =
    times.stop === null
      ? [formatClock(times.start, timeZone), t.entry.now]
      : formatClockRange(times.start, times.stop, timeZone);

  const commit = (next: Times) => {
    const changes: UpdateEntry = {
      // An unchanged time keeps its fraction of a second.
      ...(next.start === times.start ? {} : { startedAt: toTimestamp(next.start) }),
      ...(next.stop === times.stop || next.stop === null ? {} : { stoppedAt: toTimestamp(next.stop) }),
    };
    if (Object.keys(changes).length > 0) onChange(changes);
  };

  return (
    <Popover
      title={t.entry.timesTitle}
      align="end"
      className="w-76"
      trigger={
        <button
          type="button"
          tabIndex={-1}
          data-part="times"
          className="-mx-1 flex flex-col items-end rounded-lg px-1.5 py-0.5 text-right hover:bg-muted lg:h-8 lg:flex-row lg:items-center lg:gap-3"
        >
          <span className="relative order-2 text-xs whitespace-nowrap text-muted-foreground tabular lg:order-0 lg:min-w-24 xl:min-w-26 xl:text-sm">
            <span className="sr-only">{t.entry.times(from, to, days)}</span>
            <span aria-hidden>
              {t.day.range(from, to)}
              {days > 0 && (
                <sup className="font-semibold text-warning lg:absolute lg:top-1.5 lg:left-full lg:ml-0.5">
                  +{days}
                </sup>
              )}
            </span>
          </span>
          {entry.durationSeconds === null ? (
            <Elapsed since={entry.startedAt} className="min-w-14 text-sm font-semibold text-running" />
          ) : (
            <span className="min-w-14">
              <Duration
                seconds={shownSeconds ?? entry.durationSeconds}
                exact={seconds ?? entry.durationSeconds}
                className="text-sm font-semibold"
              />
              {/* The rest of it stands under the days that follow. */}
              {days > 0 && (
                <span className="block text-[0.6875rem] leading-tight whitespace-nowrap text-muted-foreground">
                  {t.entry.ofAll} <Duration seconds={entry.durationSeconds} />
                </span>
              )}
            </span>
          )}
        </button>
      }
    >
      <Fields times={times} timeZone={timeZone} onChange={commit} live />
    </Popover>
  );
}
