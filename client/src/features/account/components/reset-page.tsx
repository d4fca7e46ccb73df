import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { isApiError } from '@/api/errors';
import { body, http } from '@/api/http';
import { AuthCard, textLink } from '@/components/auth-card';
import { Button, buttonVariants } from '@/components/ui/button';
import { FormError } from '@/components/ui/form-dialog';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import { useHashToken } from '../hooks/use-hash-token';
import { NewPasswordField } from './fields';

/** Chooses a new password with the link of a mail. */
export function ResetPage() {
  const token = useHashToken();
  const [done, setDone] = useState(false);
  const form = useForm<{ password: string }>({
    keep: null,
    toValues: () => ({ password: '' }),
    codes: {},
    send: ({ values }) => body(http.POST('/api/auth/reset', { body: { token, password: values.password } })),
    onDone: () => setDone(true),
  });
  const toSignIn = (
    <Link to="/sign-in" className={buttonVariants({ variant: 'primary', size: 'lg' })}>
      {t.signIn.title}
    </Link>
  );
  if (done)
    return (
      <AuthCard isOutcome title={t.reset.doneTitle}>
        <p role="status" className="mb-5 text-sm">
          {t.reset.done}
        </p>
        {toSignIn}
      </AuthCard>
    );
  if (
    token === '' ||
    isApiError(form.formError, 'token_refused') ||
    isApiError(form.formError, 'invalid_token')
  )
    return (
      <AuthCard isOutcome title={t.reset.badTitle}>
        <p role="alert" className="mb-5 text-sm">
          {t.reset.bad}
        </p>
        <Link to="/forgot" className={buttonVariants({ variant: 'primary', size: 'lg' })}>
          {t.reset.again}
        </Link>
      </AuthCard>
    );
  return (
    <AuthCard
      title={t.reset.title}
      hint={t.reset.hint}
      foot={
        <Link to="/sign-in" className={textLink}>
          {t.auth.back}
        </Link>
      }
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <NewPasswordField
          label={t.auth.newPassword}
          focuses
          value={form.values.password}
          onChange={(password) => form.set({ password })}
          error={form.fieldError('password')}
        />
        <FormError error={form.formError} />
        <Button type="submit" variant="primary" size="lg" disabled={form.busy}>
          {t.reset.submit}
        </Button>
      </form>
    </AuthCard>
  );
}
