import { UserPlus } from 'lucide-react';
import { useState } from 'react';
import type { Me, Schemas } from '@/api/types';
import { serverNow } from '@/api/server-clock';
import { ConfirmAction } from '@/components/confirm-action';
import { SecretDialog } from '@/components/secret-dialog';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormError } from '@/components/ui/form-dialog';
import { Input, NativeSelect } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import { useMembers } from '@/entities/me/members';
import { rolesToGive } from '@/entities/me/role-rules';
import type { Role } from '@/entities/me/roles';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import { useInvitations, useInvite, useResendInvitation, useRevokeInvitation } from '../api/invitations';
import { roleName, useDay } from '../format';

type Sent = Schemas['SentInvitation'];
type Invitation = Schemas['Invitation'];

/** Invites by address, and what became of earlier invitations that are not accepted. */
export function Invitations({ me }: { me: Me }) {
  const { data, isError, error, refetch } = useInvitations();
  /** An invitation whose link the user has to pass on, because the server sends no mail. */
  const [shown, setShown] = useState<Sent | null>(null);
  const onSent = (sent: Sent) => {
    if (sent.link === null) toast.success(t.invitations.sent(sent.invitation.email));
    else setShown(sent);
  };
  return (
    <section aria-labelledby="invitations" className="rounded-xl border bg-surface shadow-card">
      <div className="p-4">
        <h2 id="invitations" className="font-semibold">
          {t.invitations.title}
        </h2>
        <p className="mt-1 text-[0.8125rem] text-muted-foreground">{t.invitations.hint}</p>
        <Invite me={me} onSent={onSent} />
      </div>
      {isError && !data && (
        <div className="border-t p-4">
          <ErrorState error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {data && data.length > 0 && (
        <ul aria-label={t.invitations.open} className="divide-y border-t">
          {data.map((invitation) => (
            <InvitationRow key={invitation.id} invitation={invitation} me={me} onSent={onSent} />
          ))}
        </ul>
      )}
      {shown?.link && (
        <SecretDialog
          title={t.invitations.linkTitle(shown.invitation.email)}
          hint={t.invitations.linkHint}
          label={t.invitations.link}
          secret={shown.link}
          copy={t.invitations.copy}
          onClose={() => setShown(null)}
        />
      )}
    </section>
  );
}

interface Values {
  email: string;
  role: Role;
}

function Invite({ me, onSent }: { me: Me; onSent: (sent: Sent) => void }) {
  const invite = useInvite();
  const roles = rolesToGive(me.role, me.role);
  const form = useForm<Values>({
    keep: 'invitation',
    toValues: () => ({ email: '', role: 'member' }),
    codes: {
      invalid_email: 'email',
      already_member: 'email',
      already_invited: 'email',
      invalid_role: 'role',
    },
    send: async ({ values: { email, role } }) => {
      onSent(await invite.mutateAsync({ email: email.trim(), role }));
    },
    onDone: () => form.set({ email: '' }),
  });
  const { values, set, busy } = form;
  return (
    <form
      className="mt-3 grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <div className="flex flex-wrap items-start gap-3">
        <div className="min-w-0 flex-1 basis-56">
          <Field label={t.auth.email} error={form.fieldError('email')}>
            {(field) => (
              <Input
                {...field}
                type="email"
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                required
                maxLength={254}
                value={values.email}
                onChange={(event) => set({ email: event.currentTarget.value })}
              />
            )}
          </Field>
        </div>
        <div className="basis-36">
          <Field label={t.invitations.role} error={form.fieldError('role')}>
            {(field) => (
              <NativeSelect
                {...field}
                value={values.role}
                onChange={(event) => set({ role: event.currentTarget.value as Role })}
              >
                {roles.map((role) => (
                  <option key={role} value={role}>
                    {roleName(role)}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
        </div>
      </div>
      <FormError error={form.formError} />
      <Button type="submit" variant="primary" disabled={busy} className="justify-self-start">
        <UserPlus aria-hidden /> {t.invitations.invite}
      </Button>
    </form>
  );
}

interface InvitationRowProps {
  invitation: Invitation;
  me: Me;
  onSent: (sent: Sent) => void;
}

function InvitationRow({
  invitation: { id, email, role, invitedBy, sentAt, expiresAt },
  me,
  onSent,
}: InvitationRowProps) {
  const day = useDay();
  const resend = useResendInvitation();
  const revoke = useRevokeInvitation();
  const [revoking, setRevoking] = useState(false);
  const inviter = useMembers().data?.find((member) => member.id === invitedBy)?.name;
  const isExpired = Date.parse(expiresAt) <= serverNow();
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-48">
        <p className="truncate text-sm font-medium">
          <bdi>{email}</bdi>
        </p>
        <p className="text-[0.8125rem] text-muted-foreground">
          {[
            roleName(role),
            inviter === undefined
              ? t.invitations.sentAt(day(sentAt))
              : t.invitations.sentBy(day(sentAt), inviter),
            isExpired ? t.invitations.expired : t.invitations.validUntil(day(expiresAt)),
          ].join(' · ')}
        </p>
      </div>
      {rolesToGive(me.role, role).length > 0 && (
        <div className="flex items-center gap-2">
          <Button
            aria-label={t.invitations.resendLong(email)}
            disabled={resend.isPending}
            onClick={() => resend.mutate(id, { onSuccess: onSent, onError: (error) => toast.error(error) })}
          >
            {t.invitations.resend}
          </Button>
          <Button
            variant="ghost"
            className="text-danger"
            aria-label={t.invitations.revokeLong(email)}
            onClick={() => setRevoking(true)}
          >
            {t.invitations.revoke}
          </Button>
        </div>
      )}
      {revoking && (
        <ConfirmAction
          title={t.invitations.revokeTitle(email)}
          confirm={t.invitations.revoke}
          onConfirm={() => revoke.mutateAsync(id)}
          onClose={() => setRevoking(false)}
          onDone={() => toast.success(t.invitations.revoked(email))}
        >
          {t.invitations.revokeHint}
        </ConfirmAction>
      )}
    </li>
  );
}
