import { useEffect, useState } from 'react';
import { TYPING_PAUSE_MS } from './use-typed-text';

/** A text as it was when typing last paused: what asks the server by it asks once, and not with each letter. */
export function usePausedText(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
