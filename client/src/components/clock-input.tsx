import type { ComponentProps } from 'react';
import { formatClock } from '@/lib/time/format';
import { parseClock, type ClockTime } from '@/lib/time/parse';
import type { Timestamp } from '@/lib/time/zoned';
import { CommittedInput } from './committed-input';

interface ClockInputProps extends Pick<
  ComponentProps<typeof CommittedInput>,
  'id' | 'aria-invalid' | 'aria-describedby'
> {
  value: Timestamp | number;
  timeZone: string;
  /** Called when another time is typed than is shown. */
  onCommit: (time: ClockTime) => void;
}

/** A time of day, as people type it. */
export function ClockInput({ value, timeZone, onCommit, ...props }: ClockInputProps) {
  const shown = formatClock(value, timeZone);
  return (
    <CommittedInput
      {...props}
      value={shown}
      canRead={(text) => parseClock(text) !== null}
      example="Type a time such as 9:30, 930 or 9.30pm."
      onCommit={(text) => {
        const time = parseClock(text);
        const before = parseClock(shown);
        if (time && (time.hour !== before?.hour || time.minute !== before.minute)) onCommit(time);
      }}
    />
  );
}
