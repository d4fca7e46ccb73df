import { useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Tag, UpdateTag } from '@/api/types';
import { edit, remove } from '@/api/versions';

export function useEditTag() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ tag, changes }: { tag: Tag; changes: UpdateTag }) => {
      const params = { path: { tagId: tag.id } };
      return edit(
        tag,
        () => http.GET('/api/tags/{tagId}', { params }),
        (ifMatch) =>
          http.PATCH('/api/tags/{tagId}', { params: { ...params, header: ifMatch }, body: changes }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.tags }),
  });
}

export function useDeleteTag() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (tag: Tag) => {
      const params = { path: { tagId: tag.id } };
      return remove(
        tag,
        () => http.GET('/api/tags/{tagId}', { params }),
        (ifMatch) => http.DELETE('/api/tags/{tagId}', { params: { ...params, header: ifMatch } }),
      );
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.tags }),
        queries.invalidateQueries({ queryKey: keys.entries }),
      ]),
  });
}
