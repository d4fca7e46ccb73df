import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTimeZone } from '@/entities/me/me';
import { serverNow } from '@/api/server-clock';
import { ClockInput } from '@/components/clock-input';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { withStart } from '@/lib/time/edits';
import { formatDay } from '@/lib/time/format';
import type { ClockTime } from '@/lib/time/parse';
import { dayOf, toMillis, toTimestamp } from '@/lib/time/zoned';
import type { RunningTimeProps } from './running-time';
import { t } from '@/messages/later';

const EARLIER = [5, 15, 30] as const;

/** When the timer began, and the way to throw it away. */
export function RunningPanel({ running, onStartedAt, onDiscard }: RunningTimeProps) {
  const timeZone = useTimeZone();
  const [invalid, setInvalid] = useState(false);
  const began = toMillis(running.startedAt);

  const commit = (time: ClockTime) => {
    const now = serverNow();
    const { start } = withStart({ start: began, stop: null }, time, timeZone, now);
    setInvalid(start > now);
    if (start <= now) onStartedAt(toTimestamp(start));
  };

  return (
    <>
      <Field
        label={t.running.startedAt}
        error={invalid ? t.editor.future : null}
        hint={formatDay(dayOf(began, timeZone), dayOf(serverNow(), timeZone))}
      >
        {(field) => <ClockInput {...field} value={began} timeZone={timeZone} onCommit={commit} />}
      </Field>
      <div className="mt-3 grid grid-cols-3 gap-1.5" role="group" aria-label={t.running.earlier}>
        {EARLIER.map((minutes) => (
          <Button
            key={minutes}
            size="sm"
            variant="subtle"
            aria-label={t.running.minutesEarlier(minutes)}
            onClick={() => onStartedAt(toTimestamp(began - minutes * 60_000))}
          >
            {t.running.minus(minutes)}
          </Button>
        ))}
      </div>
      <hr className="my-3" />
      <Button variant="ghost" size="sm" className="w-full text-danger" onClick={onDiscard}>
        <Trash2 aria-hidden /> {t.running.discard}
      </Button>
    </>
  );
}
