import { useLayoutEffect, useRef, useState, type ComponentProps } from 'react';
import { Input } from './ui/input';

interface CommittedInputProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type' | 'ref'> {
  /** What is shown while nobody types. */
  value: string;
  canRead: (text: string) => boolean;
  /** What can be typed, said when something else was. */
  example: string;
  /** The field was left, or Enter was pressed, with something that can be read. */
  onCommit: (text: string) => void;
}

/** A field that takes what is typed when it is complete; what it cannot read stays and is marked. */
export function CommittedInput({ value, canRead, example, onCommit, ...props }: CommittedInputProps) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<string | null>(null);
  const invalid = draft !== null && !canRead(draft);

  // Leaving the field before may have changed this one just as it was entered.
  useLayoutEffect(() => {
    if (document.activeElement === input.current) input.current?.select();
  }, [value]);

  const commit = () => {
    if (draft === null || invalid) return;
    setDraft(null);
    onCommit(draft);
  };

  return (
    <Input
      {...props}
      ref={input}
      autoComplete="off"
      value={draft ?? value}
      aria-invalid={invalid ? true : props['aria-invalid']}
      title={invalid ? example : undefined}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation();
          setDraft(null);
        }
      }}
    />
  );
}
