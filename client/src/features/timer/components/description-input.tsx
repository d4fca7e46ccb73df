import { useState } from 'react';
import { deferred, useDeferred } from '@/lib/deferred';
import { descriptionStyle } from './description-style';
import type { DescriptionInputProps } from './suggesting-input';

const part = deferred(() => import('./suggesting-input'));

/** What am I doing. The field is there with the page, its suggestions come later and never under somebody's fingers. */
export function DescriptionInput(props: DescriptionInputProps) {
  const loaded = useDeferred(part, true);
  const [typing, setTyping] = useState(false);
  if (loaded && !typing) return <loaded.SuggestingInput {...props} />;

  const { ref, value, onChange, onCommit, onEnter, placeholder } = props;
  return (
    <input
      ref={ref}
      role="combobox"
      aria-expanded={false}
      aria-controls={undefined}
      aria-autocomplete="list"
      aria-label="What are you doing?"
      placeholder={placeholder}
      maxLength={5_000}
      enterKeyHint="go"
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onFocus={() => setTyping(true)}
      onBlur={() => {
        setTyping(false);
        onCommit();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        onCommit();
        onEnter();
      }}
      className={descriptionStyle}
    />
  );
}
