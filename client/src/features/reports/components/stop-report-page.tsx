import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { isApiError } from '@/api/errors';
import { body, http } from '@/api/http';
import { AttemptError } from '@/components/attempt-error';
import { AuthCard } from '@/components/auth-card';
import { Button } from '@/components/ui/button';
import { useForm } from '@/hooks/use-form';
import { usePreferences } from '@/hooks/use-preferences';
import { useWait } from '@/hooks/use-wait';
import { t } from '@/messages/account';

/** The page of a link in a message: a recipient ends the messages of a schedule, with a click, since programs open links, too. */
export function StopReportPage() {
  const token = new URLSearchParams(useLocation().hash).get('token') ?? '';
  const [done, setDone] = useState(false);
  usePreferences();
  const form = useForm<Record<never, never>>({
    keep: null,
    toValues: () => ({}),
    send: () =>
      body(http.POST('/api/scheduled-reports/{stopToken}/stop', { params: { path: { stopToken: token } } })),
    onDone: () => setDone(true),
  });
  const wait = useWait(form.formError);
  if (done)
    return (
      <AuthCard title={t.stopReport.doneTitle} isOutcome>
        <p className="text-sm">{t.stopReport.done}</p>
      </AuthCard>
    );
  if (token === '' || isApiError(form.formError, 'token_refused'))
    return (
      <AuthCard title={t.stopReport.badTitle} isOutcome>
        <p className="text-sm">{t.stopReport.bad}</p>
      </AuthCard>
    );
  return (
    <AuthCard title={t.stopReport.title} hint={t.stopReport.hint}>
      <meta name="robots" content="noindex, nofollow" />
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (wait === 0) form.submit();
        }}
      >
        <AttemptError error={form.formError} wait={wait} />
        <Button type="submit" variant="primary" size="lg" disabled={form.busy || wait > 0}>
          {t.stopReport.submit}
        </Button>
      </form>
    </AuthCard>
  );
}
