import { useMutation, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Schemas } from '@/api/types';
import type { Role } from '@/entities/me/roles';

type Member = Schemas['Member'];

/** The version of the member that the user saw. */
function seen({ id, revision }: Member) {
  return { path: { memberId: id }, header: { 'If-Match': `W/"${revision}"` } };
}

export function useChangeRole() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ member, role }: { member: Member; role: Role }) =>
      body(http.PATCH('/api/members/{memberId}', { params: seen(member), body: { role } })),
    onSuccess: (changed) => {
      client.setQueryData<Member[]>(keys.members, (all) =>
        all?.map((one) => (one.id === changed.id ? changed : one)),
      );
      // It may be the user's own.
      void client.invalidateQueries({ queryKey: keys.me });
    },
    onError: () => void client.invalidateQueries({ queryKey: keys.members }),
  });
}

export function useRemoveMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (member: Member) => body(http.DELETE('/api/members/{memberId}', { params: seen(member) })),
    onSettled: () => client.invalidateQueries({ queryKey: keys.members }),
  });
}

/** Says which member a placeholder is. A job moves its entries a moment later, which live updates tell. */
export function useMergeMember() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ placeholder, member }: { placeholder: Member; member: Member }) =>
      body(
        http.POST('/api/members/{memberId}/merge', {
          params: { path: { memberId: placeholder.id } },
          body: { memberId: member.id },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.members }),
  });
}
