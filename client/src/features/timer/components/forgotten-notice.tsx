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
import { t } from '@/messages/later';

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
    // If a timer was forgotten for days, the work ended on the first of them.
    const at = firstFrom(began, time, timeZone);
    if (at <= serverNow()) onStopAt(toTimestamp(at));
    else setStopAtError(t.running.betweenNow(since));
  };

  return (
    <section
      aria-label={t.running.still}
      className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl bg-warning-soft px-4 py-2.5 text-sm text-warning"
    >
      <AlarmClock aria-hidden className="size-4.5 shrink-0" />
      <p className="min-w-52 flex-1">
        {/* Said once: how long it has been changes each minute. */}
        <strong role="status" className="font-semibold">
          {t.running.still}
        </strong>{' '}
        {t.running.longSince(formatDurationWords((now - began) / 1000), since)}
      </p>
      <div className="flex flex-wrap gap-1.5 text-foreground">
        <Button size="sm" onClick={snooze}>
          {t.running.stillWorking}
        </Button>
        <Popover
          title={t.running.stopAtTitle}
          align="end"
          className="w-60"
          trigger={<Button size="sm">{t.running.stopAt}</Button>}
        >
          <StopTime error={stopAtError} timeZone={timeZone} onCommit={stopAt} />
        </Popover>
        <Button size="sm" onClick={onStop}>
          {t.running.stopNow}
        </Button>
        <Button size="sm" variant="ghost" className="text-danger" onClick={onDiscard}>
          {t.running.discardShort}
        </Button>
      </div>
    </section>
  );
}

interface StopTimeProps {
  error: string | null;
  timeZone: string;
  onCommit: (time: ClockTime) => void;
}

/** When the work ended: now, as of when this was opened, until something else is typed. */
function StopTime({ error, timeZone, onCommit }: StopTimeProps) {
  const [opened] = useState(serverNow);
  return (
    <Field label={t.running.whenStopped} error={error} hint={t.running.whenStoppedHint}>
      {(field) => <ClockInput {...field} value={opened} timeZone={timeZone} onCommit={onCommit} />}
    </Field>
  );
}
