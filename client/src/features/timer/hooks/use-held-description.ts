import { useRef, useState } from 'react';
import type { Entry } from '@/api/types';
import type { useTimer } from './use-timer';

/** What the description belongs to while its field has the focus. */
interface Held {
  /** The running entry as it was when the focus came; null is the draft. */
  entry: Entry | null;
  /** What was typed for the entry; null while nothing was. A draft keeps its own. */
  text: string | null;
}

/**
 * The description in the timer bar. While the field has the focus it belongs to what it showed when the focus came, whatever is
 * started or stopped elsewhere meanwhile: nothing that is typed for one entry ends up in another.
 */
export function useHeldDescription(timer: ReturnType<typeof useTimer>) {
  const { running, draft } = timer;
  const [held, setShown] = useState<Held | null>(null);
  /** The same, for handlers that come before the next drawing: Escape, and the blur that it causes. */
  const current = useRef<Held | null>(null);
  const set = (next: Held | null) => {
    current.current = next;
    setShown(next);
  };

  const entry = held ? held.entry : running;
  return {
    held,
    text: entry ? (held?.text ?? entry.description) : draft.description,
    hold: () => {
      if (!current.current) set({ entry: running, text: null });
    },
    type: (text: string) => {
      const before = current.current ?? { entry: running, text: null };
      if (before.entry) set({ ...before, text });
      else timer.prepare({ description: text });
    },
    /** The field is left, and what was typed is saved unless it is thrown away. */
    release: ({ save = true }: { save?: boolean } = {}) => {
      const last = current.current;
      set(null);
      if (!save || !last?.entry || last.text === null) return;
      const text = last.text.trim();
      if (text === last.entry.description) return;
      // Described elsewhere meanwhile: a conflict, which is said. Another change of the entry is none.
      const isUnchanged = running?.id === last.entry.id && running.description === last.entry.description;
      timer.describe(isUnchanged ? running : last.entry, text);
    },
  };
}
