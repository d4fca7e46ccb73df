import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTimeZone } from '@/api/me';
import { serverNow } from '@/api/server-clock';
import type { Entry } from '@/api/types';
import { ClockInput } from '@/components/clock-input';
import { Elapsed } from '@/components/duration';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Popover } from '@/components/ui/popover';
import { formatDay } from '@/lib/time/format';
import type { ClockTime } from '@/lib/time/parse';
import { dayOf, instantAt, toMillis, toTimestamp } from '@/lib/time/zoned';

interface RunningTimeProps {
  running: Entry;
  onStartedAt: (startedAt: string) => void;
  onDiscard: () => void;
}

const EARLIER = [5, 15, 30] as const;

/** The latest instant not after now at which the clock showed `time`. */
export function latestInstantOf(time: ClockTime, timeZone: string, now: number): number {
  const today = dayOf(now, timeZone);
  const candidate = instantAt(today, time, timeZone).epochMilliseconds;
  return candidate <= now
    ? candidate
    : instantAt(today.subtract({ days: 1 }), time, timeZone).epochMilliseconds;
}

/** The elapsed time; behind it, when the timer began and the way to throw it away. */
export function RunningTime({ running, onStartedAt, onDiscard }: RunningTimeProps) {
  const timeZone = useTimeZone();
  const [open, setOpen] = useState(false);
  const [invalid, setInvalid] = useState(false);
  const began = toMillis(running.startedAt);

  const commit = (time: ClockTime) => {
    const at = latestInstantOf(time, timeZone, serverNow());
    setInvalid(at > serverNow());
    if (at <= serverNow()) onStartedAt(toTimestamp(at));
  };

  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      title="When did it start?"
      className="w-64"
      trigger={
        <button
          type="button"
          aria-label="Elapsed time; change when it started"
          className="rounded-lg px-2 py-1.5 hover:bg-muted"
        >
          <Elapsed since={running.startedAt} className="text-lg font-semibold tracking-tight" />
        </button>
      }
    >
      <Field
        label="Started at"
        error={invalid ? 'That is still to come.' : null}
        hint={formatDay(dayOf(began, timeZone), dayOf(serverNow(), timeZone))}
      >
        {(field) => <ClockInput {...field} value={began} timeZone={timeZone} onCommit={commit} />}
      </Field>
      <div className="mt-3 grid grid-cols-3 gap-1.5" role="group" aria-label="Began earlier">
        {EARLIER.map((minutes) => (
          <Button
            key={minutes}
            size="sm"
            variant="subtle"
            aria-label={`${minutes} minutes earlier`}
            onClick={() => onStartedAt(toTimestamp(began - minutes * 60_000))}
          >
            −{minutes} min
          </Button>
        ))}
      </div>
      <hr className="my-3" />
      <Button
        variant="ghost"
        size="sm"
        className="w-full text-danger"
        onClick={() => {
          setOpen(false);
          onDiscard();
        }}
      >
        <Trash2 aria-hidden /> Discard this timer
      </Button>
    </Popover>
  );
}
