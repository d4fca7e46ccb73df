import {
  useEffect,
  useEffectEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
  type ComponentProps,
} from 'react';
import { Input } from './ui/input';

interface CommittedInputProps extends Omit<ComponentProps<'input'>, 'value' | 'onChange' | 'type' | 'ref'> {
  /** The value shown while the field is not being edited. */
  value: string;
  canRead: (text: string) => boolean;
  /** What can be typed, said when something else was. */
  example: string;
  /** The field was left, or Enter was pressed, with something that can be read. */
  onCommit: (text: string) => void;
  /** What is complete is taken without Enter, once nothing more is typed. */
  isComplete?: (text: string) => boolean;
}

/** As long as nothing more is typed. */
const PAUSE_MS = 700;

/** A field that takes what is typed when it is complete; what it cannot read stays and is marked. */
export function CommittedInput({
  value,
  canRead,
  example,
  onCommit,
  isComplete,
  ...props
}: CommittedInputProps) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<string | null>(null);
  /** Half a time is no mistake yet. */
  const [typing, setTyping] = useState(false);
  const note = useId();
  const invalid = draft !== null && !canRead(draft);

  // Leaving the field before may have changed this one just as it was entered. What is being typed is no value yet.
  const selectAgain = useEffectEvent(() => {
    if (draft === null && document.activeElement === input.current) input.current?.select();
  });
  useLayoutEffect(() => selectAgain(), [value]);

  // A form is not sent with something else than what stands there.
  useLayoutEffect(() => input.current?.setCustomValidity(invalid ? example : ''), [invalid, example]);

  const commit = () => {
    if (draft === null || invalid) return;
    setDraft(null);
    onCommit(draft);
  };

  const commitLater = useEffectEvent(() => {
    setTyping(false);
    commit();
  });
  const complete = draft !== null && !invalid && (isComplete?.(draft) ?? false);
  useEffect(() => {
    if (!complete) return;
    const timer = setTimeout(commitLater, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [complete, draft]);

  const field = (
    <Input
      {...props}
      ref={input}
      autoComplete="off"
      value={draft ?? value}
      aria-invalid={invalid && !typing ? true : props['aria-invalid']}
      aria-describedby={invalid && !typing ? note : props['aria-describedby']}
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => {
        setDraft(event.currentTarget.value);
        setTyping(true);
      }}
      onBlur={() => {
        setTyping(false);
        commit();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          setTyping(false);
          commit();
        }
        if (event.key === 'Escape' && draft !== null) {
          event.stopPropagation();
          setDraft(null);
        }
      }}
    />
  );
  return (
    <div>
      {field}
      {invalid && !typing && (
        <p id={note} role="alert" className="mt-1.5 text-[0.8125rem] text-danger">
          {example}
        </p>
      )}
    </div>
  );
}
