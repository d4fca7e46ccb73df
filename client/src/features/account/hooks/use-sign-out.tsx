import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { toast } from '@/components/ui/toast';
import { countUnsent } from '@/entities/entry/unsent';
import { t } from '@/messages/account';
import { signOut } from '../api/sign-out';

/** Signs out, after a question when changes wait for the connection. */
export function useSignOut() {
  const client = useQueryClient();
  const [unsent, setUnsent] = useState(0);
  const leave = () => {
    setUnsent(0);
    signOut().catch((error: unknown) => toast.error(error, { title: t.userMenu.notSignedOut }));
  };
  return {
    begin: () => {
      const waiting = countUnsent(client);
      if (waiting > 0) setUnsent(waiting);
      else leave();
    },
    question: (
      <ConfirmDialog
        open={unsent > 0}
        onOpenChange={(open) => {
          if (!open) setUnsent(0);
        }}
        title={t.userMenu.unsentTitle}
        confirm={t.userMenu.signOut}
        onConfirm={leave}
      >
        {t.userMenu.unsent(unsent)}
      </ConfirmDialog>
    ),
  };
}
