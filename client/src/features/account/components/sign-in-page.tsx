import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiError, isApiError } from '@/api/errors';
import { body, http } from '@/api/http';
import { beginSession } from '@/api/session';
import type { Schemas } from '@/api/types';
import { AttemptError } from '@/components/attempt-error';
import { AuthCard, textLink } from '@/components/auth-card';
import { ErrorState } from '@/components/states';
import { Button } from '@/components/ui/button';
import { FormError } from '@/components/ui/form-dialog';
import { SkeletonRows } from '@/components/ui/skeleton';
import { authSessionQuery } from '@/entities/me/auth-session';
import { useForm } from '@/hooks/use-form';
import { useSession } from '@/hooks/use-session';
import { useWait } from '@/hooks/use-wait';
import { t } from '@/messages/account';
import { CodeField } from './code-field';
import { EmailField, PasswordField } from './fields';
import { Or, Providers } from './providers';

interface SignInPageProps {
  /** Where the user was, or wanted to go. */
  place: string;
  /** The code of an error with which a sign-on provider has sent the user back. */
  error?: string;
  onSetup: () => void;
  onSignedIn: () => void;
}

export function SignInPage({ place, error, onSetup, onSignedIn }: SignInPageProps) {
  const found = useQuery(authSessionQuery);
  const { access, ended, session } = useSession();
  const told = found.data;
  const isOpen = told?.authMode === 'none' || (access === 'app' && session.owner !== null);
  const signedIn = told?.user?.id;

  useEffect(() => {
    if (isOpen) onSignedIn();
    else if (told?.setupNeeded) onSetup();
    else if (signedIn !== undefined) beginSession(signedIn);
  }, [isOpen, told, signedIn, onSignedIn, onSetup]);

  if (found.isError)
    return (
      <AuthCard title={t.signIn.title}>
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      </AuthCard>
    );
  if (!told || isOpen || told.setupNeeded || signedIn !== undefined)
    return (
      <AuthCard title={t.signIn.title}>
        <SkeletonRows rows={2} label={t.auth.loading} />
      </AuthCard>
    );
  return <SignIn told={told} place={place} {...(error ? { error } : {})} ended={ended === 'ended'} />;
}

interface SignInProps {
  told: Schemas['AuthSession'];
  place: string;
  error?: string;
  ended: boolean;
}

interface Values {
  email: string;
  password: string;
  code: string;
}

/** The errors that tell that the password is right and a code is missing, or that the code is wrong. */
const ABOUT_CODE = ['code_required', 'wrong_code', 'invalid_code'] as const;

function SignIn({ told, place, error, ended }: SignInProps) {
  const [step, setStep] = useState<'password' | 'code'>('password');
  const form = useForm<Values>({
    keep: null,
    toValues: () => ({ email: '', password: '', code: '' }),
    codes: {
      wrong_credentials: 'password',
      invalid_email: 'email',
      invalid_password: 'password',
      wrong_code: 'code',
      invalid_code: 'code',
    },
    send: async ({ values: { email, password, code } }) => {
      const codes = step === 'code' ? { code: code.trim() } : {};
      try {
        const { user } = await body(
          http.POST('/api/auth/sign-in', { body: { email: email.trim(), password, ...codes } }),
        );
        if (user) beginSession(user.id);
      } catch (reason) {
        if (step === 'password' && isApiError(reason, 'code_required')) {
          setStep('code');
          return;
        }
        // A password that was changed meanwhile is asked for where it is typed.
        if (!(reason instanceof ApiError) || !(ABOUT_CODE as readonly string[]).includes(reason.code)) {
          if (!isApiError(reason, 'too_many_attempts')) setStep('password');
        }
        throw reason;
      }
    },
    onDone: () => undefined,
  });
  const { values, set, busy } = form;
  const wait = useWait(form.formError);
  const submit = (event: { preventDefault: () => void }) => {
    event.preventDefault();
    if (wait === 0) form.submit();
  };

  if (step === 'code')
    return (
      <AuthCard
        title={t.signIn.codeTitle}
        hint={<span className="break-words">{t.signIn.codeHint(values.email)}</span>}
        foot={
          <button type="button" className={textLink} onClick={() => setStep('password')}>
            {t.signIn.otherAccount}
          </button>
        }
      >
        <form className="grid gap-4" onSubmit={submit}>
          {/* Password managers keep codes beside the account that they are for. */}
          <input type="hidden" name="username" autoComplete="username" value={values.email} />
          <CodeField value={values.code} onChange={(code) => set({ code })} error={form.fieldError('code')} />
          <AttemptError error={form.formError} wait={wait} />
          <Button type="submit" variant="primary" size="lg" disabled={busy || wait > 0}>
            {t.signIn.submit}
          </Button>
        </form>
      </AuthCard>
    );

  return (
    <AuthCard
      title={t.signIn.title}
      {...(ended ? { hint: <p role="status">{t.signIn.ended}</p> } : {})}
      foot={
        told.passwords && (
          <Link to="/forgot" className={textLink}>
            {t.signIn.forgot}
          </Link>
        )
      }
    >
      {error !== undefined && (
        <div className="mb-4">
          {/* With its words: those by code may not have been loaded when the provider sends the user back. */}
          <FormError
            error={new ApiError(400, error, t.errors[error] ?? t.errors.sign_on_failed ?? '', null)}
          />
        </div>
      )}
      {told.passwords && (
        <form className="grid gap-4" onSubmit={submit}>
          <EmailField
            focuses
            value={values.email}
            onChange={(email) => set({ email })}
            error={form.fieldError('email')}
          />
          <PasswordField
            value={values.password}
            onChange={(password) => set({ password })}
            error={form.fieldError('password')}
          />
          <AttemptError error={form.formError} wait={wait} />
          <Button type="submit" variant="primary" size="lg" disabled={busy || wait > 0}>
            {t.signIn.submit}
          </Button>
        </form>
      )}
      {told.providers.length > 0 && (
        <>
          {told.passwords && <Or />}
          <Providers providers={told.providers} place={place} />
        </>
      )}
      {!told.passwords && told.providers.length === 0 && (
        <p className="text-sm text-muted-foreground">{t.signIn.noWay}</p>
      )}
    </AuthCard>
  );
}
