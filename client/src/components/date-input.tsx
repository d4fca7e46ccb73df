import { useState, type ComponentProps } from 'react';
import { parseDay } from '@/lib/time/zoned';
import { Input } from './ui/input';

const FIRST = '1970-01-02';
const LAST = '2099-12-30';

interface DateInputProps extends Omit<
  ComponentProps<'input'>,
  'value' | 'onChange' | 'type' | 'ref' | 'min' | 'max'
> {
  /** As `2026-03-02`; empty is no day. */
  value: string;
  /** A complete day, or nothing where that is allowed. */
  onCommit: (day: string) => void;
}

function canRead(input: HTMLInputElement): boolean {
  const { value } = input;
  if (value === '') return !input.required && !input.validity.badInput;
  return parseDay(value) !== null && value >= FIRST && value <= LAST;
}

/**
 * A day. While its parts are typed the browser reports unintended days, such as one of the year 2: what is typed is taken
 * when the field is left or Enter is pressed, what is picked at once.
 */
export function DateInput({ value, onCommit, ...props }: DateInputProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const [typing, setTyping] = useState(false);
  const [invalid, setInvalid] = useState(false);

  const commit = (input: HTMLInputElement) => {
    const readable = canRead(input);
    setInvalid(!readable);
    setDraft(readable ? null : input.value);
    if (readable && input.value !== value) onCommit(input.value);
  };

  return (
    <Input
      {...props}
      type="date"
      min={FIRST}
      max={LAST}
      value={draft ?? value}
      aria-invalid={invalid ? true : props['aria-invalid']}
      onPointerDown={() => setTyping(false)}
      onChange={({ currentTarget }) => {
        setInvalid(false);
        if (typing) setDraft(currentTarget.value);
        else commit(currentTarget);
      }}
      onBlur={({ currentTarget }) => {
        setTyping(false);
        if (draft !== null) commit(currentTarget);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit(event.currentTarget);
        else if (event.key !== 'Escape') setTyping(true);
        else if (draft !== null) {
          event.stopPropagation();
          setInvalid(false);
          setDraft(null);
        }
      }}
    />
  );
}
