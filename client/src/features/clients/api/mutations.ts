import { useMutation, useQueryClient } from '@tanstack/react-query';
import { http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Client, UpdateClient } from '@/api/types';
import { edit, remove } from '@/api/versions';

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
    mutationFn: (client: Client) => {
      const params = { path: { clientId: client.id } };
      return remove(
        client,
        () => http.GET('/api/clients/{clientId}', { params }),
        (ifMatch) => http.DELETE('/api/clients/{clientId}', { params: { ...params, header: ifMatch } }),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.clients }),
  });
}
