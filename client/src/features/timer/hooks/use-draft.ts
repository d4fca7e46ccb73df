import { useEffect, useState } from 'react';
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

function read(): Draft {
  try {
    const kept = JSON.parse(recallInTab(KEY) ?? 'null') as Partial<Draft> | null;
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
  const [draft, setDraft] = useState(read);
  useEffect(() => {
    const isBlank =
      draft.description === '' &&
      draft.categoryId === null &&
      draft.tagIds.length === 0 &&
      draft.billable === null;
    rememberInTab(KEY, isBlank ? null : JSON.stringify(draft));
  }, [draft]);
  return [draft, setDraft] as const;
}
