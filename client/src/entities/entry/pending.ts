/** Entries that are shown before the server has made them. */
import { PageError } from '@/api/errors';
import { newKey } from '@/api/resilient-fetch';
import type { Entry } from '@/api/types';
import { forgetWithSession } from '@/lib/forget';
import { t } from '@/messages/first';

const PREFIX = 'pending-';
/** What the server made of them, by the id under which they were shown. */
const made = new Map<string, Entry>();
const shownAs = new Map<string, string>();

forgetWithSession(() => {
  made.clear();
  shownAs.clear();
});

export function newPendingId(): string {
  return `${PREFIX}${newKey()}`;
}

export function isPending({ id }: Pick<Entry, 'id'>): boolean {
  return id.startsWith(PREFIX);
}

export function noteMade(pendingId: string, entry: Entry): void {
  made.set(pendingId, entry);
  shownAs.set(entry.id, pendingId);
}

/** What stays the same of an entry's row when the server answers: who types in it goes on typing. */
export function rowKey({ id }: Pick<Entry, 'id'>): string {
  return shownAs.get(id) ?? id;
}

/** The entry as the server knows it. Changes of one line come after what makes it, so it is made by now or never. */
export function knownEntry(seen: Entry): Entry {
  const entry = isPending(seen) ? made.get(seen.id) : seen;
  if (!entry) throw new PageError(t.connection.orphan);
  return entry;
}
