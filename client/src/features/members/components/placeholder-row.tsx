import { useState } from 'react';
import type { Me, Schemas } from '@/api/types';
import { ConfirmAction } from '@/components/confirm-action';
import { Button } from '@/components/ui/button';
import { NativeSelect } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import { mayRole } from '@/entities/me/roles';
import { t } from '@/messages/account';
import { useMergeMember, useRemoveMember } from '../api/change-member';

type Member = Schemas['Member'];

/** A member without an account, whom an import has made: who manages members says who it is, or removes it. */
export function PlaceholderRow({
  member,
  members,
  me,
}: {
  member: Member;
  /** All present members. */
  members: readonly Member[];
  me: Me;
}) {
  const merge = useMergeMember();
  const remove = useRemoveMember();
  const [chosen, setChosen] = useState('');
  const [target, setTarget] = useState<Member | null>(null);
  const [removing, setRemoving] = useState(false);
  const claimer = members.find(({ id }) => id === member.claimedBy);
  const accounts = members.filter(({ placeholder }) => !placeholder);
  const picked = accounts.find(({ id }) => id === chosen);
  const manages = mayRole(me.role, 'manage_members') && member.claimedBy === null;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-x-2 text-sm font-medium">
          <bdi className="min-w-0 truncate">{member.name}</bdi>
          <span className="rounded-md bg-muted px-1.5 py-0.5 text-xs font-medium text-muted-foreground">
            {t.members.placeholder}
          </span>
        </p>
        <p className="truncate text-[0.8125rem] text-muted-foreground">
          {member.claimedBy === null
            ? (member.email ?? t.members.placeholderHint)
            : t.members.claimed(claimer?.name ?? '')}
        </p>
      </div>
      {manages && (
        <div className="flex flex-wrap items-center gap-2">
          <NativeSelect
            aria-label={t.members.thisIsLong(member.name)}
            value={picked?.id ?? ''}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            <option value="">{t.members.thisIs}</option>
            {accounts.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </NativeSelect>
          <Button
            disabled={!picked}
            aria-label={t.members.mergeLong(member.name)}
            onClick={() => setTarget(picked ?? null)}
          >
            {t.members.merge}
          </Button>
          <Button
            variant="ghost"
            className="text-danger"
            aria-label={t.members.removeLong(member.name)}
            onClick={() => setRemoving(true)}
          >
            {t.members.remove}
          </Button>
        </div>
      )}
      {target && (
        <ConfirmAction
          title={t.members.mergeTitle(member.name, target.name)}
          confirm={t.members.merge}
          onConfirm={() => merge.mutateAsync({ placeholder: member, member: target })}
          onClose={() => setTarget(null)}
          onDone={() => toast.success(t.members.merged(target.name))}
        >
          {t.members.mergeHint(member.name, target.name)}
        </ConfirmAction>
      )}
      {removing && (
        <ConfirmAction
          title={t.members.removeTitle(member.name)}
          confirm={t.members.remove}
          onConfirm={() => remove.mutateAsync(member)}
          onClose={() => setRemoving(false)}
          onDone={() => toast.success(t.members.removed(member.name))}
        >
          {t.members.removePlaceholderHint}
        </ConfirmAction>
      )}
    </li>
  );
}
