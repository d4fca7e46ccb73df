/** The list by keyboard: each entry is one stop, the arrows go from one to the next, single keys do what its buttons do. */
import type { KeyboardEvent } from 'react';
import type { Entry } from '@/api/types';
import { isInSequence, isKey, mayRun } from '@/hooks/use-shortcut';
import type { RowActions } from './components/entry-row';
import type { Selection } from './hooks/use-selection';

const ROW = '[data-entry]';
/** What of a row a pointer would press. */
const CONTROLS = 'button, input';
const FOCUS_TRIES = 30;

interface RowContext {
  actions: RowActions;
  selection: Selection;
  entryOf: (id: string) => Entry | undefined;
}

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROW)];
}

/** Goes to the next row, the one before, or the first; false when there is none. */
export function focusRow(step: 1 | -1): boolean {
  const all = rows();
  const current = all.findIndex((row) => row.contains(document.activeElement));
  const next = current === -1 ? (all.find(isBelowBar) ?? all[0]) : all[current + step];
  next?.focus();
  return next !== undefined;
}

function isBelowBar(row: HTMLElement): boolean {
  return row.getBoundingClientRect().bottom > 0;
}

/** After an entry is gone: the focus goes to its neighbour, unless it is somewhere else by then. */
export function focusNeighbour(id: string): void {
  const all = rows();
  const index = all.findIndex((row) => row.dataset.entry === id && row.dataset.group === undefined);
  const neighbour = all[index + 1] ?? all[index - 1];
  if (index === -1 || !neighbour) return;
  let tries = 0;
  const look = () => {
    tries += 1;
    const active = document.activeElement;
    if (!all[index]?.isConnected && (active === null || active === document.body)) neighbour.focus();
    else if (tries < FOCUS_TRIES) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function press(row: HTMLElement, part: string): void {
  row.querySelector<HTMLElement>(`[data-part="${part}"]`)?.click();
}

/** Inside of a row the arrows go from one control to the next. */
function moveInside(row: HTMLElement, step: 1 | -1): void {
  const controls = [...row.querySelectorAll<HTMLElement>(CONTROLS)].filter(
    (control) => control.offsetParent !== null,
  );
  const current = controls.findIndex((control) => control === document.activeElement);
  if (current === 0 && step === -1) row.focus();
  else controls[current + step]?.focus();
}

export function moveInRows(event: KeyboardEvent, { actions, selection, entryOf }: RowContext): void {
  const target = event.target as HTMLElement;
  const row = target.closest<HTMLElement>(ROW);
  const entry = row && entryOf(row.dataset.entry ?? '');
  const { key } = event;
  if (!entry || event.ctrlKey || event.metaKey || event.altKey) return;
  // A key that is held goes through the list, but does nothing to one entry after the other.
  if (event.repeat && !key.startsWith('Arrow')) return;
  const isText = target instanceof HTMLInputElement && target.type === 'text';
  let handled = true;
  if (row.dataset.group !== undefined) {
    if (key === 'ArrowDown' || key === 'ArrowUp') focusRow(key === 'ArrowDown' ? 1 : -1);
    else if (target === row && (key === 'Enter' || key === 'ArrowRight' || key === 'ArrowLeft')) {
      const isOpen = row.querySelector('[aria-expanded="true"]') !== null;
      if (key === 'Enter' || isOpen === (key === 'ArrowLeft')) press(row, 'toggle');
    } else if (mayRun(event.nativeEvent) && !isInSequence() && isKey(event.nativeEvent, 'c'))
      actions.resume(entry);
    else return;
    event.preventDefault();
    return;
  }
  if (isText) {
    // Out of the field, to its row: the field itself saves or discards before.
    if (key === 'Enter' || key === 'Escape') setTimeout(() => row.focus());
    return;
  } else if (key === 'ArrowDown' || key === 'ArrowUp') handled = focusRow(key === 'ArrowDown' ? 1 : -1);
  else if (key === 'ArrowRight' || key === 'ArrowLeft') moveInside(row, key === 'ArrowRight' ? 1 : -1);
  else if (key === 'Escape' && target !== row) row.focus();
  else if (key === 'Enter' && target === row) actions.openEditor(entry);
  else if (key === 'Delete') actions.remove([entry]);
  else if (!mayRun(event.nativeEvent) || isInSequence()) return;
  else if (isKey(event.nativeEvent, 'c')) actions.resume(entry);
  else if (isKey(event.nativeEvent, 'e')) press(row, 'times');
  else if (isKey(event.nativeEvent, 'p')) press(row, 'category');
  else if (isKey(event.nativeEvent, 'y')) actions.copyToToday(entry);
  else if (isKey(event.nativeEvent, 'x')) selection.tick(entry.id, !selection.has(entry.id), event.shiftKey);
  else handled = false;
  if (handled) event.preventDefault();
}
