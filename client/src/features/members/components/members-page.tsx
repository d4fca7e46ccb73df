import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Check, ChevronDown } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { chooseWorkspace } from '@/api/session';
import type { Me, Schemas } from '@/api/types';
import { ConfirmAction } from '@/components/confirm-action';
import { PageHeader } from '@/components/page-header';
import { SettingsSections } from '@/entities/me/settings-sections';
import { ErrorState } from '@/components/states';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { meQuery } from '@/entities/me/me';
import { useMembers } from '@/entities/me/members';
import { rolesToGive } from '@/entities/me/role-rules';
import { mayRole, ROLES, type Role } from '@/entities/me/roles';
import { useWorkspaces } from '@/entities/me/workspaces';
import { usePreferences } from '@/hooks/use-preferences';
import { t } from '@/messages/account';
import { useChangeRole, useRemoveMember } from '../api/change-member';
import { roleName, useDay } from '../format';
import { Invitations } from './invitations';
import { PlaceholderRow } from './placeholder-row';

type Member = Schemas['Member'];

/** Who is in the workspace, and what they may do; `workspace` is about the workspace itself. */
export function MembersPage({ workspace }: { workspace?: ReactNode }) {
  const me = useQuery(meQuery).data;
  const { data: members, isError, error, refetch } = useMembers();
  // Another language is another page.
  const { language } = usePreferences();
  // Others change members, too, and live updates do not carry that.
  useEffect(() => void refetch(), [refetch]);
  const present = members?.filter(({ leftAt }) => leftAt === null) ?? [];
  const former = members?.filter(({ leftAt }) => leftAt !== null) ?? [];
  return (
    <div key={language} className="max-w-3xl">
      <PageHeader title={t.members.title} />
      <SettingsSections>{me && <WorkspaceChoice current={me.workspace} />}</SettingsSections>
      {isError && !members ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !members || !me ? (
        <SkeletonRows rows={4} label={t.members.loading} />
      ) : (
        <div className="grid gap-5">
          <section aria-label={t.members.of(me.workspace.name)}>
            <ul className="divide-y rounded-xl border bg-surface shadow-card">
              {present.map((member) =>
                member.placeholder ? (
                  <PlaceholderRow key={member.id} member={member} members={present} me={me} />
                ) : (
                  <MemberRow key={member.id} member={member} me={me} />
                ),
              )}
            </ul>
          </section>
          {/* Without accounts there is no way to accept. */}
          {mayRole(me.role, 'manage_members') && me.authMode !== 'none' && <Invitations me={me} />}
          {mayRole(me.role, 'manage_members') && <RolesExplained />}
          {former.length > 0 && <FormerMembers members={former} />}
          {workspace}
        </div>
      )}
    </div>
  );
}

/** On a phone there is no menu of the user: the workspace is chosen here. */
function WorkspaceChoice({ current }: { current: Me['workspace'] }) {
  const workspaces = useWorkspaces().data ?? [];
  if (workspaces.length < 2) return null;
  return (
    <ChoiceMenu
      label={t.members.workspaceIs(current.name)}
      value={current.id}
      options={workspaces.map(({ id, name }) => ({ value: id, label: name }))}
      onChoose={chooseWorkspace}
    />
  );
}

interface ChoiceMenuProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChoose: (value: T) => void;
}

/** A choice that has consequences: an arrow key on a closed native select would make it at once. */
function ChoiceMenu<T extends string>({ label, value, options, onChoose }: ChoiceMenuProps<T>) {
  return (
    <Menu
      trigger={
        <Button aria-label={label} className="max-w-full min-w-0">
          <span className="truncate">{options.find((option) => option.value === value)?.label}</span>
          <ChevronDown aria-hidden />
        </Button>
      }
      items={options.map((option) => ({
        label: option.label,
        icon: option.value === value ? <Check aria-hidden /> : <span className="size-4" />,
        onClick: () => {
          if (option.value !== value) onChoose(option.value);
        },
      }))}
    />
  );
}

function MemberRow({ member, me }: { member: Member; me: Me }) {
  const day = useDay();
  const navigate = useNavigate();
  const change = useChangeRole();
  const remove = useRemoveMember();
  /** A role that waits for a yes. */
  const [wanted, setWanted] = useState<Role | null>(null);
  const [removing, setRemoving] = useState(false);
  const isSelf = member.id === me.user.id;
  const roles = rolesToGive(me.role, member.role);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium">
          <bdi className="min-w-0 truncate">{member.name}</bdi>
          {isSelf && <Badge>{t.members.you}</Badge>}
        </p>
        <p className="truncate text-[0.8125rem] text-muted-foreground">
          {[member.email, t.members.since(day(member.joinedAt))].filter(Boolean).join(' · ')}
        </p>
      </div>
      <div className="flex items-center gap-2">
        {roles.length > 0 ? (
          <ChoiceMenu
            label={t.members.role(member.name, roleName(member.role))}
            value={member.role as Role}
            options={roles.map((role) => ({ value: role, label: roleName(role) }))}
            onChoose={setWanted}
          />
        ) : (
          <span className="text-sm text-muted-foreground">{roleName(member.role)}</span>
        )}
        {(isSelf || roles.length > 0) && (
          <Button
            variant="ghost"
            className="text-danger"
            aria-label={isSelf ? t.members.leave : t.members.removeLong(member.name)}
            onClick={() => setRemoving(true)}
          >
            {isSelf ? t.members.leave : t.members.remove}
          </Button>
        )}
      </div>
      {wanted !== null && (
        <ConfirmAction
          title={isSelf ? t.members.changeOwnTitle : t.members.changeTitle(member.name)}
          confirm={isSelf ? t.members.changeOwnConfirm : t.members.changeConfirm}
          harmless={!isSelf}
          onConfirm={() => change.mutateAsync({ member, role: wanted })}
          onClose={() => setWanted(null)}
          onDone={() => toast.success(t.members.changed(member.name, roleName(wanted)))}
        >
          {isSelf
            ? t.members.changeOwn(roleName(wanted))
            : t.members.change(roleName(member.role), roleName(wanted), t.members.roleHints[wanted])}
        </ConfirmAction>
      )}
      {removing && (
        <ConfirmAction
          title={isSelf ? t.members.leaveTitle(me.workspace.name) : t.members.removeTitle(member.name)}
          confirm={isSelf ? t.members.leave : t.members.remove}
          onConfirm={() => remove.mutateAsync(member)}
          onClose={() => setRemoving(false)}
          onDone={() => {
            if (!isSelf) {
              toast.success(t.members.removed(member.name));
              return;
            }
            // What is left on the page is of a workspace that is closed to the user now.
            chooseWorkspace(null);
            void navigate({ to: '/', search: {} });
            toast.success(t.members.left(me.workspace.name));
          }}
        >
          {isSelf ? t.members.leaveHint : t.members.removeHint(member.name)}
        </ConfirmAction>
      )}
    </li>
  );
}

function RolesExplained() {
  return (
    <details className="rounded-xl border bg-surface px-4 py-3 text-sm shadow-card">
      <summary className="cursor-pointer font-medium">{t.members.rolesTitle}</summary>
      <dl className="mt-2 grid gap-2">
        {ROLES.map((role) => (
          <div key={role} className="sm:flex sm:gap-3">
            <dt className="font-medium sm:w-32 sm:shrink-0">{t.members.roles[role]}</dt>
            <dd className="text-muted-foreground">{t.members.roleHints[role]}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Entries go on naming them. */
function FormerMembers({ members }: { members: readonly Member[] }) {
  const day = useDay();
  return (
    <details className="rounded-xl border bg-surface px-4 py-3 text-sm shadow-card">
      <summary className="cursor-pointer font-medium">{t.members.former(members.length)}</summary>
      <ul className="mt-2 grid gap-1.5">
        {members.map(({ id, name, leftAt }) => (
          <li key={id} className="flex flex-wrap gap-x-2">
            <bdi className="min-w-0 truncate">{name}</bdi>
            <span className="text-muted-foreground">{leftAt && t.members.until(day(leftAt))}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
