import { useMutation, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Me, UpdateMe } from '@/api/types';

export function useUpdateMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (changes: UpdateMe) => body(http.PATCH('/api/me', { body: changes })),
    onSuccess: (me) => client.setQueryData<Me>(keys.me, me),
  });
}
