import { useMutation, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { BulkCreateCategories, Category } from '@/api/types';

/** How many categories the server makes at once. */
export const CATEGORIES_AT_ONCE = 100;

/** Makes several categories at one place, all or none. */
export function useCreateCategories() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ projectId, ...several }: BulkCreateCategories & { projectId: string }) =>
      body(
        http.POST('/api/projects/{projectId}/categories/bulk-create', {
          params: { path: { projectId } },
          body: several,
        }),
      ),
    onSuccess: (made) => {
      client.setQueryData<Category[]>(keys.categories, (list) => list && [...list, ...made]);
      return client.invalidateQueries({ queryKey: keys.categories });
    },
  });
}
