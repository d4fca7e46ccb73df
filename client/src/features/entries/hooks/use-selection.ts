import { useMemo, useReducer } from 'react';

interface State {
  ticked: ReadonlySet<string>;
  /** Checkboxes were asked for. */
  asked: boolean;
  last: string | null;
}

type Action =
  | { type: 'set'; ids: readonly string[]; on: boolean }
  /** One is ticked; with shift everything between it and the one before. */
  | { type: 'tick'; id: string; on: boolean; shift: boolean }
  | { type: 'mode'; asked: boolean };

const nothing: State = { ticked: new Set(), asked: false, last: null };

function withTicked(state: State, ids: readonly string[], on: boolean): State {
  const ticked = new Set(state.ticked);
  for (const id of ids) {
    if (on) ticked.add(id);
    else ticked.delete(id);
  }
  return { ...state, ticked };
}

function reduce(state: State, action: Action, visibleIds: readonly string[]): State {
  switch (action.type) {
    case 'set':
      return withTicked(state, action.ids, action.on);
    case 'tick': {
      const { id, on, shift } = action;
      const [a, b] = [visibleIds.indexOf(state.last ?? id), visibleIds.indexOf(id)];
      const between = visibleIds.slice(Math.min(a, b), Math.max(a, b) + 1);
      return { ...withTicked(state, shift && a >= 0 && b >= 0 ? between : [id], on), last: id };
    }
    case 'mode':
      return { ...nothing, asked: action.asked };
  }
}

/** Which entries are ticked. What is no longer shown is no longer selected. */
export function useSelection(visibleIds: readonly string[]) {
  const [{ ticked, asked }, dispatch] = useReducer(
    (state: State, action: Action) => reduce(state, action, visibleIds),
    nothing,
  );
  const selected = useMemo(() => visibleIds.filter((id) => ticked.has(id)), [visibleIds, ticked]);
  /** Checkboxes are shown: because it was asked for or because something is ticked. */
  const active = asked || selected.length > 0;
  const change = useMemo(
    () => ({
      set: (ids: readonly string[], on: boolean) => dispatch({ type: 'set', ids, on }),
      tick: (id: string, on: boolean, shift: boolean) => dispatch({ type: 'tick', id, on, shift }),
      clear: () => dispatch({ type: 'mode', asked: false }),
    }),
    [],
  );
  return {
    ...change,
    selected,
    active,
    has: (id: string) => ticked.has(id),
    toggleMode: () => dispatch({ type: 'mode', asked: !active }),
  };
}

export type Selection = ReturnType<typeof useSelection>;
