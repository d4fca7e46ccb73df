import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { AttemptError } from '@/components/attempt-error';
import { AuthCard, textLink } from '@/components/auth-card';
import { Button } from '@/components/ui/button';
import { authSessionQuery } from '@/entities/me/auth-session';
import { useForm } from '@/hooks/use-form';
import { useWait } from '@/hooks/use-wait';
import { t } from '@/messages/account';
import { EmailField } from './fields';

/** Asks for a link by which a new password is chosen. What is said is the same for addresses without an account. */
export function ForgotPage() {
  const told = useQuery(authSessionQuery).data;
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm<{ email: string }>({
    keep: null,
    toValues: () => ({ email: '' }),
    send: ({ values }) => body(http.POST('/api/auth/forgotten', { body: { email: values.email.trim() } })),
    onDone: () => setSentTo(form.values.email.trim()),
  });
  const wait = useWait(form.formError);
  const back = (
    <Link to="/sign-in" className={textLink}>
      {t.auth.back}
    </Link>
  );
  if (sentTo !== null)
    return (
      <AuthCard isOutcome title={t.forgot.sentTitle} foot={back}>
        <p role="status" className="text-sm break-words">
          {t.forgot.sent(sentTo)}
        </p>
        <p className="mt-2 text-sm text-muted-foreground">{t.forgot.sentHint}</p>
      </AuthCard>
    );
  if (told?.mail === false)
    return (
      <AuthCard title={t.forgot.title} foot={back}>
        <p className="rounded-lg bg-warning-soft px-3 py-2.5 text-sm text-warning">{t.forgot.noMail}</p>
      </AuthCard>
    );
  return (
    <AuthCard title={t.forgot.title} hint={t.forgot.hint} foot={back}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (wait === 0) form.submit();
        }}
      >
        <EmailField
          focuses
          value={form.values.email}
          onChange={(email) => form.set({ email })}
          error={form.fieldError('email')}
        />
        <AttemptError error={form.formError} wait={wait} />
        <Button type="submit" variant="primary" size="lg" disabled={form.busy || wait > 0}>
          {t.forgot.submit}
        </Button>
      </form>
    </AuthCard>
  );
}
