import { useState, type ComponentProps } from 'react';
import { formatClock } from '@/lib/time/format';
import { parseClock, type ClockTime } from '@/lib/time/parse';
import type { Timestamp } from '@/lib/time/zoned';
import { Input } from './ui/input';

interface ClockInputProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type'> {
  value: Timestamp | number;
  timeZone: string;
  /** Called when the field is left or Enter is pressed with another time than it had. */
  onCommit: (time: ClockTime) => void;
}

/** A time of day that reads what people type; what it cannot read stays and is marked. */
export function ClockInput({ value, timeZone, onCommit, ...props }: ClockInputProps) {
  const shown = formatClock(value, timeZone);
  const [draft, setDraft] = useState<string | null>(null);
  const invalid = draft !== null && parseClock(draft) === null;

  const commit = () => {
    if (draft === null) return;
    const time = parseClock(draft);
    const before = parseClock(shown);
    if (!time) return;
    setDraft(null);
    if (time.hour !== before?.hour || time.minute !== before.minute) onCommit(time);
  };

  return (
    <Input
      {...props}
      inputMode="text"
      autoComplete="off"
      value={draft ?? shown}
      aria-invalid={invalid ? true : props['aria-invalid']}
      title={invalid ? 'A time such as 9:30, 930 or 9.30pm' : undefined}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation();
          setDraft(null);
        }
        props.onKeyDown?.(event);
      }}
    />
  );
}
