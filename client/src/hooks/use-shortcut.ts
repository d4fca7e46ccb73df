import { useEffect, useEffectEvent } from 'react';
import { preferences } from '@/lib/preferences';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      ['TEXTAREA', 'SELECT'].includes(target.tagName) ||
      (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'color'].includes(target.type)))
  );
}

/** What waits for an answer. A toast has the role of a dialog, but needs no answer. */
const ASKING = ':is([role="dialog"], [role="alertdialog"], [role="menu"]):not([data-toast])';

/**
 * Whether this is the key of a letter or sign. A letter is what the keyboard prints; where it prints no Latin one, as on Greek and
 * Cyrillic keyboards, and with caps lock on, the position of the key decides.
 */
export function isKey(event: Pick<KeyboardEvent, 'key' | 'code'>, key: string): boolean {
  if (!/^[a-z]$/.test(key)) return event.key === key;
  const printed = event.key.toLowerCase();
  return /^[a-z]$/.test(printed) ? printed === key : event.code === `Key${key.toUpperCase()}`;
}

/** Whether a single key may run a command: not while the user types, holds a modifier or answers a dialog, nor when single keys are switched off. */
export function mayRun(event: KeyboardEvent): boolean {
  return (
    preferences().shortcuts &&
    !(event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) &&
    !event.defaultPrevented &&
    !isTyping(event.target) &&
    !document.querySelector(ASKING)
  );
}

/** How long after the first key of two the second one is waited for. */
const SEQUENCE_MS = 1_500;
let prefix: { key: string; at: number } | undefined;

/** Whether the first key of two was pressed a moment ago. */
export function isInSequence(): boolean {
  return prefix !== undefined && Date.now() - prefix.at < SEQUENCE_MS;
}

/** Runs an action on a single key; of two, as `g t`, on the second one. */
export function useShortcut(keys: string, action: () => void, enabled = true): void {
  const run = useEffectEvent(action);
  useEffect(() => {
    if (!enabled) return;
    const [first = '', second] = keys.split(' ');
    const onKeyDown = (event: KeyboardEvent) => {
      if (!mayRun(event)) return;
      if (second !== undefined) {
        if (isInSequence() && prefix?.key === first && isKey(event, second)) {
          event.preventDefault();
          prefix = undefined;
          run();
        } else if (!isInSequence() && isKey(event, first)) {
          prefix = { key: first, at: Date.now() };
        }
        return;
      }
      if (isInSequence() || !isKey(event, first)) return;
      event.preventDefault();
      run();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [keys, enabled]);
}

/** Runs an action on a letter with Ctrl, or with Cmd on a Mac; also while the user types. */
export function useCommandKey(key: string, action: () => void): void {
  const run = useEffectEvent(action);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !isKey(event, key)) return;
      event.preventDefault();
      if (!event.repeat) run();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [key]);
}
