import type { ComponentProps } from 'react';
import { knowsZone } from '@/lib/time/edits';
import { formatClock } from '@/lib/time/format';
import { parseClock, type ClockTime } from '@/lib/time/parse';
import { toMillis, type Timestamp } from '@/lib/time/zoned';
import { CommittedInput } from './committed-input';
import { t } from '@/messages/later';

interface ClockInputProps extends Pick<
  ComponentProps<typeof CommittedInput>,
  'id' | 'aria-invalid' | 'aria-describedby'
> {
  value: Timestamp | number;
  timeZone: string;
  /** Called when another time is typed than is shown. */
  onCommit: (time: ClockTime) => void;
}

/** A time of day, as people type it. Its seconds are shown when there are any, so that what is typed replaces all of it. */
export function ClockInput({ value, timeZone, onCommit, ...props }: ClockInputProps) {
  const shown = formatClock(value, timeZone, { seconds: true });
  const at = typeof value === 'number' ? value : toMillis(value);
  const read = (text: string) => {
    const time = parseClock(text);
    return time && knowsZone(time, at, timeZone) ? time : null;
  };
  return (
    <CommittedInput
      {...props}
      value={shown}
      canRead={(text) => read(text) !== null}
      example={t.form.example.clock}
      onCommit={(text) => {
        const time = read(text);
        if (time && !isSame(time, parseClock(shown))) onCommit(time);
      }}
    />
  );
}

function isSame(a: ClockTime, b: ClockTime | null): boolean {
  return (
    a.hour === b?.hour && a.minute === b.minute && (a.second ?? 0) === (b.second ?? 0) && a.zone === b.zone
  );
}
