import { useMemo, useState } from 'react';

/** Which entries are ticked. What is no longer shown is no longer selected. */
export function useSelection(visibleIds: readonly string[]) {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(false);
  const [last, setLast] = useState<string | null>(null);
  const selected = useMemo(() => visibleIds.filter((id) => ticked.has(id)), [visibleIds, ticked]);

  const set = (ids: readonly string[], on: boolean) =>
    setTicked((before) => {
      const next = new Set(before);
      for (const id of ids) {
        if (on) next.add(id);
        else next.delete(id);
      }
      return next;
    });

  return {
    selected,
    has: (id: string) => ticked.has(id),
    /** Checkboxes are shown: because it was asked for or because something is ticked. */
    active: active || selected.length > 0,
    toggleMode: () => {
      setActive((before) => !(before || selected.length > 0));
      setTicked(new Set());
    },
    set,
    /** Ticks one; with shift everything between it and the one before. */
    tick: (id: string, on: boolean, shift: boolean) => {
      const [a, b] = [visibleIds.indexOf(last ?? id), visibleIds.indexOf(id)];
      set(shift && a >= 0 && b >= 0 ? visibleIds.slice(Math.min(a, b), Math.max(a, b) + 1) : [id], on);
      setLast(id);
    },
    clear: () => {
      setTicked(new Set());
      setActive(false);
    },
  };
}

export type Selection = ReturnType<typeof useSelection>;
