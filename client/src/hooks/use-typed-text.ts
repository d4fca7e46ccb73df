import { useEffect, useEffectEvent, useState } from 'react';

/** So long nothing is typed until a text counts as typed. */
export const TYPING_PAUSE_MS = 300;

/** A text that is being typed, and taken over once typing has paused. */
export function useTypedText(
  value: string,
  onChange: (text: string) => void,
): [string, (text: string) => void] {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    // The URL changed by itself: back, forward or "Clear".
    setKnown(value);
    if (value !== text.trim()) setText(value);
  }
  const commit = useEffectEvent((next: string) => {
    if (next !== value) onChange(next);
  });
  useEffect(() => {
    const timer = setTimeout(() => commit(text.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return [text, setText];
}
