import { useEffect } from 'react';
import { recallInTab, rememberInTab } from '@/lib/storage';
import { useHashToken } from './use-hash-token';

const KEY = 'clockwork.invitation';

/** The token of the link of an invitation. This tab keeps it while the user signs in, also with a provider. */
export function useInvitationToken(): string {
  const given = useHashToken();
  useEffect(() => {
    if (given !== '') rememberInTab(KEY, given);
  }, [given]);
  return given || (recallInTab(KEY) ?? '');
}

export function forgetInvitationToken(): void {
  rememberInTab(KEY, null);
}
