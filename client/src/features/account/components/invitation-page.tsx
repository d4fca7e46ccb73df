import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isApiError } from '@/api/errors';
import { body, http } from '@/api/http';
import { beginSession, chooseWorkspace } from '@/api/session';
import type { Schemas } from '@/api/types';
import { AttemptError } from '@/components/attempt-error';
import { AuthCard, textLink } from '@/components/auth-card';
import { ErrorState } from '@/components/states';
import { Button, buttonVariants } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormError } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { authSessionQuery } from '@/entities/me/auth-session';
import type { Role } from '@/entities/me/roles';
import { useForm } from '@/hooks/use-form';
import { useSession } from '@/hooks/use-session';
import { useWait } from '@/hooks/use-wait';
import { t } from '@/messages/account';
import { forgetInvitationToken, useInvitationToken } from '../hooks/use-invitation-token';
import { useSignOut } from '../hooks/use-sign-out';
import { NameField, NewPasswordField } from './fields';
import { Or, Providers } from './providers';

type Preview = Schemas['InvitationPreview'];
type AuthSession = Schemas['AuthSession'];
type User = Schemas['SignedInUser'];

/** Where the link of an invitation leads; also known to the server, which makes the links. */
const PLACE = '/invitation';

/** The errors of a link that opens nothing. */
function isBadLink(error: unknown): boolean {
  return isApiError(error, 'token_refused') || isApiError(error, 'invalid_token');
}

/** Follows the link of an invitation: makes an account, or accepts with the one that there is. */
export function InvitationPage() {
  const token = useInvitationToken();
  const found = useQuery(authSessionQuery);
  const { access, session } = useSession();
  const told = found.data;
  const user = told?.user ?? null;
  // After a provider's page the browser has a session that this page has not heard of.
  const isUnheard = user !== null && (access !== 'app' || session.owner !== user.id);
  useEffect(() => {
    if (isUnheard && user !== null) beginSession(user.id);
  }, [isUnheard, user]);
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => body(http.POST('/api/auth/invitation', { body: { token }, signal })),
    enabled: token !== '' && told?.authMode === 'accounts' && !isUnheard,
    // The answer stays the same until the invitation is used.
    staleTime: Infinity,
  });

  if (token === '' || told?.authMode === 'none') return <BadLink user={user} />;
  if (isBadLink(invitation.error))
    return user === null ? <BadLink user={null} /> : <Reopened token={token} user={user} />;
  const failed = found.isError ? found : invitation;
  if (failed.isError)
    return (
      <AuthCard title={t.invitation.title}>
        <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />
      </AuthCard>
    );
  if (!told || isUnheard || !invitation.data)
    return (
      <AuthCard title={t.invitation.title}>
        <SkeletonRows rows={3} label={t.invitation.loading} />
      </AuthCard>
    );
  const shown = { token, told, preview: invitation.data };
  if (user !== null)
    return isSameAddress(user.email, shown.preview.email) ? (
      <Join {...shown} />
    ) : (
      <OtherUser user={user} preview={shown.preview} />
    );
  return shown.preview.hasAccount || !told.passwords ? <WithAccount {...shown} /> : <SignUp {...shown} />;
}

/** As far as the page has to know; the server compares again. */
function isSameAddress(one: string | null, other: string): boolean {
  const fold = (address: string) => address.normalize('NFC').toLowerCase();
  return one !== null && fold(one) === fold(other);
}

/** Opens the application: the token has done its work. */
function useOpen(): () => void {
  const navigate = useNavigate();
  return () => void navigate({ to: '/', search: {}, replace: true }).finally(forgetInvitationToken);
}

async function accept(token: string): Promise<void> {
  const { id } = await body(http.POST('/api/account/invitations/accept', { body: { token } }));
  chooseWorkspace(id);
}

function Invites({ preview: { inviter, workspace, role } }: { preview: Preview }) {
  return (
    <p className="break-words">
      {t.invitation.invites(inviter, workspace)} {t.invitation.as(t.members.roles[role as Role] ?? role)}
    </p>
  );
}

interface ShownProps {
  token: string;
  told: AuthSession;
  preview: Preview;
}

interface Values {
  name: string;
  password: string;
}

/** For an address without an account. */
function SignUp({ token, told, preview }: ShownProps) {
  const open = useOpen();
  const form = useForm<Values>({
    keep: null,
    toValues: () => ({ name: '', password: '' }),
    codes: { invalid_name: 'name', invalid_password: 'password' },
    send: async ({ values: { name, password } }) => {
      const { user } = await body(
        http.POST('/api/auth/sign-up', { body: { token, name: name.trim(), password } }),
      );
      if (user) beginSession(user.id);
      open();
    },
    onDone: () => undefined,
  });
  const { values, set, busy } = form;
  const wait = useWait(form.formError);
  if (isBadLink(form.formError)) return <BadLink user={null} />;
  // Another invitation has made the account meanwhile.
  if (isApiError(form.formError, 'email_taken'))
    return <WithAccount token={token} told={told} preview={{ ...preview, hasAccount: true }} />;
  return (
    <AuthCard title={t.invitation.join(preview.workspace)} hint={<Invites preview={preview} />}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (wait === 0) form.submit();
        }}
      >
        <Field label={t.auth.email} hint={t.invitation.address}>
          {(field) => (
            <Input
              {...field}
              type="email"
              name="email"
              autoComplete="username"
              readOnly
              className="bg-muted text-muted-foreground"
              value={preview.email}
            />
          )}
        </Field>
        <NameField
          focuses
          value={values.name}
          onChange={(name) => set({ name })}
          error={form.fieldError('name')}
        />
        <NewPasswordField
          value={values.password}
          onChange={(password) => set({ password })}
          error={form.fieldError('password')}
        />
        <AttemptError error={form.formError} wait={wait} />
        <Button type="submit" variant="primary" size="lg" disabled={busy || wait > 0}>
          {t.invitation.create}
        </Button>
      </form>
      {told.providers.length > 0 && (
        <>
          <Or />
          <Providers providers={told.providers} place={PLACE} />
        </>
      )}
    </AuthCard>
  );
}

/** The address has an account, or gets one from a provider: the user signs in and comes back. */
function WithAccount({ told, preview }: ShownProps) {
  const { providers } = told;
  const signsIn = told.passwords && preview.hasAccount;
  return (
    <AuthCard title={t.invitation.join(preview.workspace)} hint={<Invites preview={preview} />}>
      <p className="mb-4 text-sm break-words">
        {preview.hasAccount
          ? t.invitation.hasAccount(preview.email)
          : t.invitation.withProvider(preview.email)}
      </p>
      <div className="grid">
        {signsIn && (
          <Link
            to="/sign-in"
            search={{ to: PLACE }}
            className={buttonVariants({ variant: 'primary', size: 'lg' })}
          >
            {t.signIn.title}
          </Link>
        )}
      </div>
      {signsIn && providers.length > 0 && <Or />}
      {providers.length > 0 && <Providers providers={providers} place={PLACE} />}
      {!signsIn && providers.length === 0 && (
        <p className="text-sm text-muted-foreground">{t.signIn.noWay}</p>
      )}
    </AuthCard>
  );
}

/** The invited user is signed in: one click, because a link that was merely opened changes nothing. */
function Join({ token, preview }: ShownProps) {
  const open = useOpen();
  const join = useMutation({ mutationFn: () => accept(token), onSuccess: open });
  return (
    <AuthCard title={t.invitation.join(preview.workspace)} hint={<Invites preview={preview} />}>
      <div className="grid gap-4">
        <FormError error={join.error} />
        <Button variant="primary" size="lg" disabled={join.isPending} onClick={() => join.mutate()}>
          {t.invitation.accept}
        </Button>
      </div>
    </AuthCard>
  );
}

/** Another user is signed in, whom the invitation is not for. */
function OtherUser({ user, preview }: { user: User; preview: Preview }) {
  const { begin, question } = useSignOut();
  return (
    <AuthCard
      title={t.invitation.join(preview.workspace)}
      hint={<Invites preview={preview} />}
      foot={
        <Link to="/" search={{}} className={textLink}>
          {t.invitation.goOn(user.name)}
        </Link>
      }
    >
      <p role="alert" className="mb-5 text-sm break-words">
        {t.invitation.forAnother(preview.email, user.email ?? user.name)}
      </p>
      <div className="grid">
        <Button variant="primary" size="lg" onClick={begin}>
          {t.userMenu.signOut}
        </Button>
      </div>
      {question}
    </AuthCard>
  );
}

/** A link that this user has followed before leads to the workspace again; that changes nothing. */
function Reopened({ token, user }: { token: string; user: User }) {
  const open = useOpen();
  const { mutate, isError, error } = useMutation({ mutationFn: () => accept(token), onSuccess: open });
  useEffect(() => mutate(), [mutate]);
  if (isError && !isApiError(error, 'not_found') && !isApiError(error, 'invitation_ended'))
    return (
      <AuthCard title={t.invitation.title}>
        <ErrorState error={error} onRetry={() => mutate()} />
      </AuthCard>
    );
  if (isError) return <BadLink user={user} />;
  return (
    <AuthCard title={t.invitation.title}>
      <SkeletonRows rows={3} label={t.invitation.loading} />
    </AuthCard>
  );
}

function BadLink({ user }: { user: User | null }) {
  useEffect(forgetInvitationToken, []);
  const button = buttonVariants({ variant: 'primary', size: 'lg' });
  return (
    <AuthCard isOutcome title={t.invitation.badTitle}>
      <p role="alert" className="mb-5 text-sm">
        {t.invitation.bad} {user === null && t.invitation.badSignIn}
      </p>
      <div className="grid">
        {user === null ? (
          <Link to="/sign-in" className={button}>
            {t.signIn.title}
          </Link>
        ) : (
          <Link to="/" search={{}} className={button}>
            {t.confirmAddress.onward}
          </Link>
        )}
      </div>
    </AuthCard>
  );
}
