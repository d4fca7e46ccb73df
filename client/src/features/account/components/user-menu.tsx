import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Check, CircleUser, KeyRound, LogOut, TriangleAlert, Users } from 'lucide-react';
import { chooseWorkspace } from '@/api/session';
import { Menu } from '@/components/ui/menu';
import { authSessionQuery } from '@/entities/me/auth-session';
import { meQuery, useTimeZone } from '@/entities/me/me';
import { useWorkspaces } from '@/entities/me/workspaces';
import { formatDayOf } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { useSignOut } from '../hooks/use-sign-out';

/** The user at the foot of the navigation, and what belongs to them. */
export function UserMenu() {
  const me = useQuery(meQuery).data;
  const navigate = useNavigate();
  const { begin, question } = useSignOut();
  const workspaces = useWorkspaces().data ?? [];
  // Asked for once: on the page of the account it is asked for anew.
  const dueAt = useQuery({ ...authSessionQuery, staleTime: Infinity }).data?.user?.deletionDueAt ?? null;
  const zone = useTimeZone();
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
            className="flex min-h-9 w-full items-center gap-2.5 rounded-lg px-2.5 py-1 text-left text-sm font-medium text-muted-foreground transition-colors hover:bg-muted hover:text-foreground aria-expanded:bg-muted max-xl:size-10 max-xl:justify-center max-xl:px-0 [&_svg]:size-4.5 [&_svg]:shrink-0"
          >
            {dueAt === null ? (
              <CircleUser aria-hidden />
            ) : (
              <TriangleAlert aria-hidden className="text-warning" />
            )}
            <span aria-hidden className="grid min-w-0 max-xl:hidden">
              <span className="truncate">{name}</span>
              {workspaces.length > 1 && (
                <span className="truncate text-xs font-normal">{me.workspace.name}</span>
              )}
            </span>
          </button>
        }
        items={[
          ...(dueAt === null
            ? []
            : [
                {
                  label: t.deleteAccount.menu(formatDayOf(dueAt, zone)),
                  icon: <TriangleAlert aria-hidden />,
                  danger: true,
                  onClick: () => void navigate({ to: '/account' }),
                },
                null,
              ]),
          {
            label: t.userMenu.account,
            icon: <KeyRound aria-hidden />,
            onClick: () => void navigate({ to: '/account' }),
          },
          {
            label: t.userMenu.members,
            icon: <Users aria-hidden />,
            onClick: () => void navigate({ to: '/members' }),
          },
          ...(workspaces.length > 1
            ? [
                null,
                ...workspaces.map(({ id, name: workspace }) => ({
                  label: id === me.workspace.id ? t.userMenu.current(workspace) : workspace,
                  icon: id === me.workspace.id ? <Check aria-hidden /> : <span className="size-4" />,
                  onClick: () => {
                    if (id === me.workspace.id) return;
                    chooseWorkspace(id);
                    // What the page shows is of the workspace before.
                    void navigate({ to: '/', search: {} });
                  },
                })),
              ]
            : []),
          null,
          { label: t.userMenu.signOut, icon: <LogOut aria-hidden />, onClick: begin },
        ]}
      />
      {question}
    </>
  );
}
