/**
 * The session of this page: what the data of one user lives in. The cache of the server's answers, live updates and everything that is
 * shown hang on it; drafts and changes that wait for the connection are stored under the id of its user. It ends when the user signs
 * out, when the server has ended it, and when another tab has signed another user in. Nothing of it is shown after that.
 */
import { basePath } from '@/base-path';
import { forgetSession, type EndReason } from '@/lib/forget';
import { recall, recallInTab, remember, rememberInTab } from '@/lib/storage';
import { isApiError } from './errors';
import { keys } from './keys';
import { createQueryClient } from './query-client';
import type { Me } from './types';

/** What the browser knows of its session before the server has answered, and the tab of its own. Also read by public/early.js. */
interface Note {
  /** `none` where the server has no accounts. */
  state: 'in' | 'out' | 'none';
  user?: string | null;
  /** The workspace that the user has chosen; the server's choice when there is none. */
  workspace?: string | null;
}

const KEY = `clockwork.session.1 ${basePath}`;
const STATES: readonly unknown[] = ['in', 'out', 'none'];

/** The browser's note, with the workspace of this tab: another one may have chosen another. */
function readNote(): Note | null {
  try {
    const [note, own] = [recall, recallInTab].map((read) => JSON.parse(read(KEY) ?? 'null') as Note | null);
    if (!note || !STATES.includes(note.state)) return null;
    return own && (own.user ?? null) === (note.user ?? null)
      ? { ...note, workspace: own.workspace ?? null }
      : note;
  } catch {
    return null;
  }
}

function write(note: Note): void {
  const text = JSON.stringify(note);
  if (recall(KEY) !== text) remember(KEY, text);
  rememberInTab(KEY, text);
}

let count = 0;

export class Session {
  readonly client = createQueryClient();
  /** Another one for each session of this page. */
  readonly number = (count += 1);
  private readonly unsubscribe: () => void;

  constructor(
    /** The id of the user; null where there are no accounts, and until the server has said it. */
    public owner: string | null,
    /** The workspace that was chosen; null leaves it to the server. */
    readonly workspace: string | null,
  ) {
    this.unsubscribe = this.client.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated' || (event.query.queryKey as readonly unknown[])[0] !== keys.me[0]) return;
      const { action, query } = event;
      if (action.type === 'success') learn(this, query.state.data as Me);
      // The user is a member of the chosen workspace no more.
      const isGone = action.type === 'error' && isApiError(action.error, 'not_found');
      if (isGone && this === state.session && workspace !== null) chooseWorkspace(null);
    });
  }

  /** Where an operation is for the workspace of this session. Those of accounts, links and the server belong to none. */
  path(path: string): string {
    if (
      this.workspace === null ||
      /^\/api\/(account|administration|auth|calendar-feeds|report-links|scheduled-reports|workspaces)(\/|$)/.test(
        path,
      )
    )
      return path;
    return path.replace(/^\/api/, `/api/workspaces/${this.workspace}`);
  }

  dispose(): void {
    this.unsubscribe();
    const { client } = this;
    void client.cancelQueries();
    // What is shown is gone by then, and asks for nothing of it any more.
    setTimeout(() => client.clear());
  }
}

/** `app`: the user is signed in, or need not be. `sign-in`: all but the public pages leads to the sign-in page. */
type Access = 'app' | 'sign-in';

interface SessionState {
  session: Session;
  access: Access;
  /** Why the session before this one ended. */
  ended: EndReason | null;
}

function begin(): SessionState {
  const note = readNote();
  const { user = null, workspace = null } = note ?? {};
  const isOut = note?.state === 'out';
  return {
    session: new Session(note?.state === 'in' ? user : null, isOut ? null : workspace),
    access: isOut ? 'sign-in' : 'app',
    ended: null,
  };
}

let state = begin();
const listeners = new Set<() => void>();
const enders = new Set<(reason: EndReason) => void>();

export function sessionState(): SessionState {
  return state;
}

export function currentSession(): Session {
  return state.session;
}

export function subscribeSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Called just before a session ends, while all that belongs to it is still there. */
export function onSessionEnding(listener: (reason: EndReason) => void): () => void {
  enders.add(listener);
  return () => enders.delete(listener);
}

/** Whether this browser has been told that the server has no accounts: then there is no sign-in. */
export function isWithoutAccounts(): boolean {
  return readNote()?.state === 'none';
}

function follow(next: Omit<SessionState, 'ended'>, reason: EndReason | null): void {
  const { session } = state;
  if (reason !== null) {
    for (const listener of enders) listener(reason);
    forgetSession(reason, session.owner);
  }
  state = { ...next, ended: reason };
  for (const listener of listeners) listener();
  session.dispose();
}

/** What the server says of the user of a session. */
function learn(session: Session, me: Me): void {
  if (session !== state.session) return;
  const { workspace } = session;
  if (me.authMode === 'none') {
    write({ state: 'none', workspace });
    return;
  }
  if (session.owner !== null && session.owner !== me.user.id) {
    // The browser has another user's session now: nothing of this one may be shown, or sent, as theirs.
    beginSession(me.user.id, 'replaced');
    return;
  }
  if (session.owner === null) {
    session.owner = me.user.id;
    state = { ...state };
    for (const listener of listeners) listener();
  }
  write({ state: 'in', user: me.user.id, workspace });
}

/** The user has signed in. */
export function beginSession(user: string, reason: EndReason | null = null): void {
  const note = readNote();
  const workspace = note?.user === user ? (note.workspace ?? null) : null;
  write({ state: 'in', user, workspace });
  follow({ session: new Session(user, workspace), access: 'app' }, reason);
}

/** Ends the session, unless that has happened. Its user finds their place and workspace again unless they have signed out. */
export function endSession(session: Session, reason: EndReason): void {
  if (session !== state.session || state.access !== 'app') return;
  const { owner, workspace } = session;
  if (reason === 'signed-out') write({ state: 'out' });
  if (reason === 'ended') write({ state: 'out', user: owner, workspace });
  if (reason === 'replaced') rememberInTab(KEY, null);
  follow({ session: new Session(null, null), access: 'sign-in' }, reason);
}

/** Shows another workspace of the same user; null is the one that the server chooses. */
export function chooseWorkspace(workspace: string | null): void {
  const { owner } = state.session;
  write({ state: owner === null ? 'none' : 'in', user: owner, workspace });
  follow({ session: new Session(owner, workspace), access: 'app' }, 'replaced');
}

// What other tabs of this browser do: they share the cookie.
window.addEventListener('storage', ({ key }) => {
  if (key !== KEY) return;
  const note = readNote();
  const { session, access } = state;
  if (note?.state === 'out') endSession(session, note.user === session.owner ? 'ended' : 'replaced');
  if (note?.state !== 'in' || !note.user) return;
  if (access === 'sign-in') beginSession(note.user);
  else if (session.owner !== null && session.owner !== note.user) beginSession(note.user, 'replaced');
});
