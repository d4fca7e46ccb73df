/**
 * What was typed and not saved when the server ended the session: the same user finds it again on the same page after signing in, also
 * where signing in leads over another site. Another user, or a sign-out, ends it. Nothing secret may be kept: it lies in the tab's storage.
 */
import { useEffect, useRef, useState } from 'react';
import { basePath } from '@/base-path';
import { currentSession, onSessionEnding, sessionState, subscribeSession } from '@/api/session';
import { KEPT, recallInTab, rememberInTab } from '@/lib/storage';

interface Kept {
  owner: string;
  /** The workspace and the page. */
  place: string;
  values: Record<string, unknown>;
}

function read(): Kept | null {
  try {
    return JSON.parse(recallInTab(KEPT) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

function write(kept: Kept): void {
  rememberInTab(KEPT, Object.keys(kept.values).length === 0 ? null : JSON.stringify(kept));
}

/** The path of the page. The one that the sign-in leads to is drawn a moment before the address is its own. */
function pagePath(): string {
  const { pathname, search } = window.location;
  if (pathname !== `${basePath}/sign-in`) return pathname;
  const [path = '/'] = (new URLSearchParams(search).get('to') ?? '/').split(/[?#]/);
  return basePath + path;
}

/** What is kept for the user and the page of now. */
function keptHere(): Kept | null {
  const { owner, workspace } = currentSession();
  // Until the server has said who the user is, nothing is anyone's.
  if (owner === null) return null;
  const place = `${workspace} ${pagePath()}`;
  const kept = read();
  return kept?.owner === owner && kept.place === place ? kept : { owner, place, values: {} };
}

subscribeSession(() => {
  const { session, ended } = sessionState();
  const isOther = session.owner !== null && read()?.owner !== session.owner;
  if (isOther || ended === 'signed-out') rememberInTab(KEPT, null);
});

/** What was kept by this name; it stays so until what shows it is there. */
export function takeKept<T>(name: string | null): T | undefined {
  return name === null ? undefined : (keptHere()?.values[name] as T | undefined);
}

/** Whether anything is kept beside what has this name. */
export function isKeptBeside(name: string): boolean {
  return Object.keys(keptHere()?.values ?? {}).some((other) => other !== name);
}

export function dropKept(name: string): void {
  const here = keptHere();
  if (!here || !(name in here.values)) return;
  delete here.values[name];
  write(here);
}

/** Keeps a value by its name; called while the session ends. */
export function keep(name: string, value: unknown): void {
  const here = keptHere();
  if (here) write({ ...here, values: { ...here.values, [name]: value } });
}

/** Keeps a value by its name if the session ends while it is shown; undefined is nothing to keep. */
export function useKeep(name: string | null, value: unknown): void {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  useEffect(() => {
    if (name === null) return;
    dropKept(name);
    return onSessionEnding((reason) => {
      if (reason === 'ended' && latest.current !== undefined) keep(name, latest.current);
    });
  }, [name]);
}

/** State that is kept, such as which dialog is open. */
export function useKeptState<T>(name: string, initial: T) {
  const [value, set] = useState<T>(() => takeKept<T>(name) ?? initial);
  useKeep(name, value === initial ? undefined : value);
  return [value, set] as const;
}
