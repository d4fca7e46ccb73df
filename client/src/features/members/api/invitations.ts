import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { untold } from '@/api/query-client';
import type { Schemas } from '@/api/types';

// Of this page alone: the keys of all pages are in its first script.
const KEY = ['invitations'] as const;

const invitationsQuery = queryOptions({
  queryKey: KEY,
  queryFn: ({ signal }) => body(http.GET('/api/invitations', { signal })),
  // Others invite and accept, too.
  ...untold,
});

/** The open invitations to the workspace, with the expired ones. */
export function useInvitations() {
  return useQuery(invitationsQuery);
}

/** Reads the list again after each change, also after one that was refused. */
function useAfterChange() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: KEY });
}

export function useInvite() {
  const onSettled = useAfterChange();
  return useMutation({
    mutationFn: (invitation: Schemas['CreateInvitation']) =>
      body(http.POST('/api/invitations', { body: invitation })),
    onSettled,
  });
}

export function useResendInvitation() {
  const onSettled = useAfterChange();
  return useMutation({
    mutationFn: (invitationId: string) =>
      body(http.POST('/api/invitations/{invitationId}/resend', { params: { path: { invitationId } } })),
    onSettled,
  });
}

export function useRevokeInvitation() {
  const onSettled = useAfterChange();
  return useMutation({
    mutationFn: (invitationId: string) =>
      body(http.DELETE('/api/invitations/{invitationId}', { params: { path: { invitationId } } })),
    onSettled,
  });
}
