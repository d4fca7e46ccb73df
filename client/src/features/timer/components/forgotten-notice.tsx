import { AlarmClock } from 'lucide-react';
import { useState } from 'react';
import { useTimeZone } from '@/entities/me/me';
import { serverNow } from '@/api/server-clock';
import type { Entry } from '@/api/types';
import { ClockInput } from '@/components/clock-input';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Popover } from '@/components/ui/popover';
import { useNow } from '@/hooks/use-now';
import { recall, remember } from '@/lib/storage';
import { firstFrom } from '@/lib/time/edits';
import { formatClock, formatDayWithin, formatDurationWords } from '@/lib/time/format';
import type { ClockTime } from '@/lib/time/parse';
import { dayOf, toMillis, toTimestamp } from '@/lib/time/zoned';

/** After so long a timer was more likely forgotten than meant. */
const FORGOTTEN_AFTER_MS = 8 * 3_600_000;
/** "Still working" is believed for so long. */
const SNOOZE_MS = 2 * 3_600_000;
const KEY = 'clockwork.still-working';

interface ForgottenNoticeProps {
  running: Entry;
  onStop: () => void;
  onStopAt: (stoppedAt: string) => void;
  onDiscard: () => void;
}

/** Asks gently about a timer that has run for very long. */
export function ForgottenNotice({ running, onStop, onStopAt, onDiscard }: ForgottenNoticeProps) {
  const now = useNow();
  const timeZone = useTimeZone();
  const [snoozed, setSnoozed] = useState(() => recall(KEY));
  const [stopAtError, setStopAtError] = useState<string | null>(null);

  const began = toMillis(running.startedAt);
  const since = `${formatDayWithin(dayOf(began, timeZone), dayOf(now, timeZone))} ${formatClock(began, timeZone)}`;
  const [snoozedId, until] = snoozed?.split(' ') ?? [];
  const believed = snoozedId === running.id && now < Number(until);
  if (now - began < FORGOTTEN_AFTER_MS || believed) return null;

  const snooze = () => {
    const value = `${running.id} ${serverNow() + SNOOZE_MS}`;
    remember(KEY, value);
    setSnoozed(value);
  };
  const stopAt = (time: ClockTime) => {
    // Who forgot a timer for days stopped working on the first of them.
    const at = firstFrom(began, time, timeZone);
    if (at <= serverNow()) onStopAt(toTimestamp(at));
    else setStopAtError(`Choose a time between ${since} and now.`);
  };

  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl bg-warning-soft px-4 py-2.5 text-sm text-warning"
    >
      <AlarmClock aria-hidden className="size-4.5 shrink-0" />
      <p className="min-w-52 flex-1">
        <strong className="font-semibold">Still working?</strong> This timer has been running for{' '}
        {formatDurationWords((now - began) / 1000)}, since {since}.
      </p>
      <div className="flex flex-wrap gap-1.5 text-foreground">
        <Button size="sm" onClick={snooze}>
          Still working
        </Button>
        <Popover
          title="Stop at an earlier time"
          align="end"
          className="w-60"
          trigger={<Button size="sm">Stop at…</Button>}
        >
          <Field
            label="When did you stop?"
            error={stopAtError}
            hint="Type a time such as 17:30 and press Enter."
          >
            {(field) => <ClockInput {...field} value={now} timeZone={timeZone} onCommit={stopAt} />}
          </Field>
        </Popover>
        <Button size="sm" onClick={onStop}>
          Stop now
        </Button>
        <Button size="sm" variant="ghost" className="text-danger" onClick={onDiscard}>
          Discard
        </Button>
      </div>
    </div>
  );
}
