import { useState } from 'react';
import { recallInTab, rememberInTab } from '@/lib/storage';

function keyOf(projectId: string): string {
  return `clockwork.collapsed.${projectId}`;
}

function read(projectId: string): string[] {
  try {
    const kept: unknown = JSON.parse(recallInTab(keyOf(projectId)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

/** The categories of a project of which nothing below is shown, for as long as this tab is open. */
export function useCollapsed(projectId: string) {
  const [ids, setIds] = useState(() => read(projectId));
  const setAll = (next: readonly string[]) => {
    setIds([...next]);
    rememberInTab(keyOf(projectId), next.length === 0 ? null : JSON.stringify(next));
  };
  return {
    collapsed: new Set(ids) as ReadonlySet<string>,
    toggle: (id: string) => setAll(ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id]),
    setAll,
  };
}
