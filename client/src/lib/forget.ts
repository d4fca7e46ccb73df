/** What modules keep of the user of the page beside the cache. All of it is forgotten when the session ends. */

/** Why a session ends: the user signed out, the server ended it, or another tab of this browser has another one. */
export type EndReason = 'signed-out' | 'ended' | 'replaced';

/** `owner` is the id of the user; null where there are no accounts. */
type Forget = (reason: EndReason, owner: string | null) => void;

const all: Forget[] = [];

export function forgetWithSession(forget: Forget): void {
  all.push(forget);
}

export function forgetSession(reason: EndReason, owner: string | null): void {
  for (const forget of all) forget(reason, owner);
}
