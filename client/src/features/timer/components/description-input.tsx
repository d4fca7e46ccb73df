import { useState } from 'react';
import { deferred, useDeferred } from '@/lib/deferred';
import { isEnter } from '@/lib/keys';
import { descriptionStyle } from './description-field';
import type { DescriptionInputProps } from './suggesting-input';
import { t } from '@/messages/first';

const part = deferred(() => import('./suggesting-input'), 'idle');

/** The description of the running entry. The field is part of the first page; its suggestions load later and never replace typed text. */
export function DescriptionInput(props: DescriptionInputProps) {
  const loaded = useDeferred(part, true);
  const [typing, setTyping] = useState(false);
  if (loaded && !typing) return <loaded.SuggestingInput {...props} />;

  const { ref, value, onChange, onFocus, onBlur, onEnter, onEscape, placeholder } = props;
  return (
    <input
      ref={ref}
      role="combobox"
      aria-expanded={false}
      aria-controls={undefined}
      aria-autocomplete="list"
      aria-label={t.timer.what}
      placeholder={placeholder}
      maxLength={5_000}
      enterKeyHint="go"
      autoComplete="off"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      onFocus={() => {
        setTyping(true);
        onFocus();
      }}
      onBlur={() => {
        setTyping(false);
        onBlur();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onEscape();
        if (!isEnter(event)) return;
        event.preventDefault();
        onEnter();
      }}
      className={descriptionStyle}
    />
  );
}
