import { useEffect, useState } from 'react';
import { currentSession } from '@/api/session';
import { forgetWithSession } from '@/lib/forget';
import { recallInTab, rememberInTab } from '@/lib/storage';

/** What the next timer will be about. */
export interface Draft {
  description: string;
  categoryId: string | null;
  tagIds: string[];
  /** Null is what the project says. */
  billable: boolean | null;
}

export const blankDraft: Draft = { description: '', categoryId: null, tagIds: [], billable: null };

const KEY = 'clockwork.draft.1';

/** Each user has a draft of their own; it waits for them when their session has ended, and goes when they sign out. */
function keyOf(owner: string | null): string {
  return owner === null ? KEY : `${KEY} ${owner}`;
}

forgetWithSession((reason, owner) => {
  if (reason === 'signed-out') rememberInTab(keyOf(owner), null);
});

function read(key: string): Draft {
  try {
    const kept = JSON.parse(recallInTab(key) ?? 'null') as Partial<Draft> | null;
    if (kept === null) return blankDraft;
    return {
      description: typeof kept.description === 'string' ? kept.description : '',
      categoryId: typeof kept.categoryId === 'string' ? kept.categoryId : null,
      tagIds: Array.isArray(kept.tagIds) ? kept.tagIds.filter((id) => typeof id === 'string') : [],
      billable: typeof kept.billable === 'boolean' ? kept.billable : null,
    };
  } catch {
    return blankDraft;
  }
}

/** The draft of this tab; a reload keeps it. */
export function useDraft() {
  const [key] = useState(() => keyOf(currentSession().owner));
  const [draft, setDraft] = useState(() => read(key));
  useEffect(() => {
    const isBlank =
      draft.description === '' &&
      draft.categoryId === null &&
      draft.tagIds.length === 0 &&
      draft.billable === null;
    rememberInTab(key, isBlank ? null : JSON.stringify(draft));
  }, [key, draft]);
  return [draft, setDraft] as const;
}
