import { useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleUser, LogOut } from 'lucide-react';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Menu } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { countUnsent } from '@/entities/entry/unsent';
import { meQuery } from '@/entities/me/me';
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

/** The user at the foot of the navigation, and what belongs to them. */
export function UserMenu() {
  const me = useQuery(meQuery).data;
  const { begin, question } = useSignOut();
  if (!me) return null;
  const { name } = me.user;
  return (
    <>
      <Menu
        align="start"
        trigger={
          <button
            type="button"
            aria-label={t.userMenu.label(name)}
            title={name}
            className="flex h-9 w-full items-center gap-2.5 rounded-lg px-2.5 text-left text-sm font-medium text-muted-foreground transition-colors hover:bg-muted hover:text-foreground aria-expanded:bg-muted max-xl:size-10 max-xl:justify-center max-xl:px-0 [&_svg]:size-4.5 [&_svg]:shrink-0"
          >
            <CircleUser aria-hidden />
            <span aria-hidden className="min-w-0 truncate max-xl:hidden">
              {name}
            </span>
          </button>
        }
        items={[{ label: t.userMenu.signOut, icon: <LogOut aria-hidden />, onClick: begin }]}
      />
      {question}
    </>
  );
}
