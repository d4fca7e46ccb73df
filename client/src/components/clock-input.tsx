import type { ComponentProps } from 'react';
import { knowsZone } from '@/lib/time/edits';
import { formatClock } from '@/lib/time/format';
import {
  isToTheMinute,
  parseClock,
  parseClockRange,
  type ClockRange,
  type ClockTime,
} from '@/lib/time/parse';
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
  /** Called when two times are typed, with a dash between them; without it, that cannot be read. */
  onRange?: (range: ClockRange) => void;
  /** A time to the minute is taken without Enter, once nothing more is typed. */
  live?: boolean;
}

/** A time of day, as people type it. Its seconds are shown when there are any, so that what is typed replaces all of it. */
export function ClockInput({ value, timeZone, onCommit, onRange, live = false, ...props }: ClockInputProps) {
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
      canRead={(text) => read(text) !== null || (onRange !== undefined && parseClockRange(text) !== null)}
      {...(live ? { isComplete: isToTheMinute } : {})}
      example={t.form.example.clock}
      onCommit={(text) => {
        const range = onRange && parseClockRange(text);
        if (range) {
          onRange(range);
          return;
        }
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
