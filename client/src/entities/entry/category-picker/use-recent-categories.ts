import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { recentEntriesQuery } from '../queries';

/** The categories of the newest entries, each once, newest first. */
export function useRecentCategories(): string[] {
  const { data } = useQuery(recentEntriesQuery);
  return useMemo(() => [...new Set((data ?? []).map((entry) => entry.categoryId))], [data]);
}
