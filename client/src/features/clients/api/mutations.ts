import { useMutation, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Client, UpdateClient } from '@/api/types';
import { edit } from '@/api/versions';

export function useEditClient() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ client, changes }: { client: Client; changes: UpdateClient }) => {
      const params = { path: { clientId: client.id } };
      return edit(
        client,
        () => http.GET('/api/clients/{clientId}', { params }),
        (ifMatch) =>
          http.PATCH('/api/clients/{clientId}', { params: { ...params, header: ifMatch }, body: changes }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.clients }),
  });
}

export function useDeleteClient() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (clientId: string) =>
      body(http.DELETE('/api/clients/{clientId}', { params: { path: { clientId } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.clients }),
  });
}
