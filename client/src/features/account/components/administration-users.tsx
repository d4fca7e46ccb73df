import { Ellipsis, KeyRound, ShieldCheck, ShieldOff, UserRoundCheck, UserRoundX } from 'lucide-react';
import { useState } from 'react';
import { ConfirmAction } from '@/components/confirm-action';
import { SecretDialog } from '@/components/secret-dialog';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Menu } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { useTimeZone } from '@/entities/me/me';
import { formatDayOf, formatMoment } from '@/lib/time/moment';
import { t } from '@/messages/account';
import { usersQuery, useAdministration, type AccountSummary } from '../api/administration';
import { useConfirmed } from '../hooks/use-confirmed';
import { SearchedList } from './searched-list';

/** What is asked before it is done. */
type Step = 'make' | 'take' | 'disable';

/** Everyone who has an account here, and what administrators do with it. */
export function AdministrationUsers({ self }: { self: string }) {
  return (
    <SearchedList
      id="administration-users"
      words={t.administration.users}
      query={usersQuery}
      placeholders={3}
    >
      {(user) => <UserRow key={user.id} user={user} isSelf={user.id === self} />}
    </SearchedList>
  );
}

function UserRow({ user, isSelf }: { user: AccountSummary; isSelf: boolean }) {
  const zone = useTimeZone();
  const { confirmed, question } = useConfirmed();
  const { change, resetLink } = useAdministration();
  const [step, setStep] = useState<Step | null>(null);
  const [link, setLink] = useState<string | null>(null);
  const words = t.administration.users;
  const { name, administrator, disabledAt } = user;
  const set = (changes: { administrator?: boolean; disabled?: boolean }) =>
    confirmed(() => change.mutateAsync({ user, changes }));
  const enable = () =>
    set({ disabled: false }).then(
      () => toast.success(words.enabled(name)),
      (error: unknown) => toast.error(error),
    );
  const makeLink = () =>
    confirmed(() => resetLink.mutateAsync(user)).then(
      (made) => {
        if (made.link === null) toast.success(words.resetMailed(name));
        else setLink(made.link);
      },
      (error: unknown) => toast.error(error),
    );
  const canReset = disabledAt === null && user.email !== null && (user.hasPassword || !user.hasSingleSignOn);
  const items = [
    ...(canReset
      ? [{ label: words.reset, icon: <KeyRound aria-hidden />, onClick: () => void makeLink() }]
      : []),
    administrator
      ? {
          label: words.takeAdministrator,
          icon: <ShieldOff aria-hidden />,
          onClick: () => setStep('take'),
        }
      : {
          label: words.makeAdministrator,
          icon: <ShieldCheck aria-hidden />,
          onClick: () => setStep('make'),
        },
    ...(disabledAt !== null
      ? [{ label: words.enable, icon: <UserRoundCheck aria-hidden />, onClick: () => void enable() }]
      : isSelf
        ? []
        : [
            null,
            {
              label: words.disable,
              icon: <UserRoundX aria-hidden />,
              danger: true,
              onClick: () => setStep('disable'),
            },
          ]),
  ];
  return (
    <li className="flex items-start gap-3 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm font-medium">
          <bdi className="min-w-0 truncate">{name}</bdi>
          {isSelf && <Badge>{words.you}</Badge>}
          {administrator && <Badge>{words.administrator}</Badge>}
          {disabledAt !== null && (
            <span className="rounded-md bg-danger-soft px-1.5 py-0.5 text-xs font-medium text-danger">
              {words.disabled}
            </span>
          )}
        </p>
        <p className="truncate text-[0.8125rem] text-muted-foreground">
          <bdi>{user.email ?? words.noEmail}</bdi>
        </p>
        <p className="text-[0.8125rem] text-muted-foreground">
          {[
            words.since(formatDayOf(user.createdAt, zone)),
            words.workspaces(user.workspaces),
            user.lastSeenAt === null ? words.notSignedIn : words.seen(formatMoment(user.lastSeenAt, zone)),
            user.hasSecondFactor && words.secondFactor,
            user.hasSingleSignOn && words.singleSignOn,
            user.deletionDueAt !== null && words.deletion(formatDayOf(user.deletionDueAt, zone)),
          ]
            .filter(Boolean)
            .join(' · ')}
        </p>
      </div>
      <Menu
        align="end"
        trigger={
          <Button variant="ghost" size="icon-sm" aria-label={words.menu(name)}>
            <Ellipsis aria-hidden />
          </Button>
        }
        items={items}
      />
      {step === 'disable' && (
        <ConfirmAction
          title={words.disableTitle(name)}
          confirm={words.disable}
          onConfirm={() => set({ disabled: true })}
          onClose={() => setStep(null)}
          onDone={() => toast.success(words.done(name))}
        >
          {words.disableHint}
          {question}
        </ConfirmAction>
      )}
      {step === 'make' && (
        <ConfirmAction
          title={words.makeTitle(name)}
          confirm={words.makeAdministrator}
          onConfirm={() => set({ administrator: true })}
          onClose={() => setStep(null)}
          onDone={() => toast.success(words.made(name))}
          harmless
        >
          {words.makeHint}
          {question}
        </ConfirmAction>
      )}
      {step === 'take' && (
        <ConfirmAction
          title={words.takeTitle(name)}
          confirm={words.takeAdministrator}
          onConfirm={() => set({ administrator: false })}
          onClose={() => setStep(null)}
          onDone={() => toast.success(words.taken(name))}
        >
          {isSelf ? words.takeOwn : words.takeHint}
          {question}
        </ConfirmAction>
      )}
      {step === null && question}
      {link !== null && (
        <SecretDialog
          title={words.resetTitle(name)}
          hint={words.resetHint}
          label={words.resetLabel}
          secret={link}
          copy={words.resetCopy}
          onClose={() => setLink(null)}
        />
      )}
    </li>
  );
}
