import { useQuery } from '@tanstack/react-query';
import { Navigate } from '@tanstack/react-router';
import { useState } from 'react';
import { body, http } from '@/api/http';
import { beginSession } from '@/api/session';
import { AttemptError } from '@/components/attempt-error';
import { AuthCard, takeFocus } from '@/components/auth-card';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { SkeletonRows } from '@/components/ui/skeleton';
import { authSessionQuery } from '@/entities/me/auth-session';
import { useForm } from '@/hooks/use-form';
import { useSession } from '@/hooks/use-session';
import { useWait } from '@/hooks/use-wait';
import { t } from '@/messages/account';
import { useHashToken } from '../hooks/use-hash-token';
import { EmailField, NameField, NewPasswordField } from './fields';
import { Providers } from './providers';

interface Values {
  token: string;
  name: string;
  email: string;
  password: string;
}

/** The first administrator of an installation: with the token that only its operator can read. */
export function SetupPage() {
  const found = useQuery(authSessionQuery);
  const { access, session } = useSession();
  // Kept while the answer to the set-up says that it is done.
  const [begun, setBegun] = useState(false);
  const given = useHashToken();
  const told = found.data;
  if (access === 'app' && session.owner !== null) return <Navigate to="/" search={{}} replace />;
  if (found.isError)
    return (
      <AuthCard title={t.setup.title}>
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      </AuthCard>
    );
  if (!told)
    return (
      <AuthCard title={t.setup.title}>
        <SkeletonRows rows={3} label={t.setup.checking} />
      </AuthCard>
    );
  if (!told.setupNeeded && !begun) return <Navigate to="/sign-in" replace />;
  return (
    <AuthCard title={t.setup.title} hint={told.passwords ? t.setup.intro : t.setup.withProvider}>
      {told.passwords ? (
        <SetupForm token={given} onBegin={() => setBegun(true)} />
      ) : (
        <SetupWithProvider token={given} providers={told.providers} />
      )}
    </AuthCard>
  );
}

function TokenField({
  value,
  onChange,
  error,
}: {
  value: string;
  onChange: (token: string) => void;
  error?: string | undefined;
}) {
  return (
    <div className="grid gap-2">
      <Field label={t.setup.token} error={error}>
        {(field) => (
          <Input
            {...field}
            ref={takeFocus}
            name="token"
            required
            maxLength={128}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            className="font-mono"
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </Field>
      <details className="rounded-lg bg-muted px-3 py-2 text-[0.8125rem]" open={value === ''}>
        <summary className="cursor-pointer font-medium">{t.setup.tokenTitle}</summary>
        <p className="mt-1.5 text-muted-foreground">{t.setup.tokenLog}</p>
        <p className="mt-1.5 text-muted-foreground">{t.setup.tokenCommand}</p>
        <code className="mt-1.5 block rounded-md bg-surface px-2 py-1 font-mono select-all">
          {SETUP_COMMAND}
        </code>
      </details>
    </div>
  );
}

const SETUP_COMMAND = 'server setup-token';

function SetupWithProvider({
  token: given,
  providers,
}: {
  token: string;
  providers: readonly { name: string; label: string }[];
}) {
  const [token, setToken] = useState(given);
  return (
    <div className="grid gap-4">
      <TokenField value={token} onChange={setToken} />
      <Providers providers={providers} place="/" setupToken={token} disabled={token.trim() === ''} />
    </div>
  );
}

function SetupForm({ token, onBegin }: { token: string; onBegin: () => void }) {
  const form = useForm<Values>({
    keep: null,
    toValues: () => ({ token, name: '', email: '', password: '' }),
    codes: {
      invalid_token: 'token',
      token_refused: 'token',
      invalid_name: 'name',
      email_taken: 'email',
    },
    send: async ({ values }) => {
      onBegin();
      const { user } = await body(
        http.POST('/api/auth/setup', {
          body: {
            ...values,
            token: values.token.trim(),
            name: values.name.trim(),
            email: values.email.trim(),
          },
        }),
      );
      if (user) beginSession(user.id);
    },
    onDone: () => undefined,
  });
  const { values, set } = form;
  const wait = useWait(form.formError);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (wait === 0) form.submit();
      }}
    >
      <TokenField
        value={values.token}
        onChange={(next) => set({ token: next })}
        error={form.fieldError('token')}
      />
      <NameField value={values.name} onChange={(name) => set({ name })} error={form.fieldError('name')} />
      <EmailField
        value={values.email}
        onChange={(email) => set({ email })}
        error={form.fieldError('email')}
      />
      <NewPasswordField
        value={values.password}
        onChange={(password) => set({ password })}
        error={form.fieldError('password')}
      />
      <AttemptError error={form.formError} wait={wait} />
      <Button type="submit" variant="primary" size="lg" disabled={form.busy || wait > 0}>
        {t.setup.submit}
      </Button>
    </form>
  );
}
