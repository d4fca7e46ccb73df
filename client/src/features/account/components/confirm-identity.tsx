import { useQuery, type QueryClient } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { isApiError } from '@/api/errors';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Schemas } from '@/api/types';
import { AttemptError } from '@/components/attempt-error';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { authSessionQuery } from '@/entities/me/auth-session';
import { useForm } from '@/hooks/use-form';
import { useWait } from '@/hooks/use-wait';
import { t } from '@/messages/account';
import { CodeField } from './code-field';
import { PasswordField } from './fields';
import { Providers } from './providers';
import { Username } from './username';

interface ConfirmIdentityProps {
  client: QueryClient;
  onDone: () => void;
  onCancel: () => void;
}

/** Asks for the password, and a code where there is a second factor, before a sensitive change. */
export function ConfirmIdentity({ client, onDone, onCancel }: ConfirmIdentityProps) {
  const told = useQuery(authSessionQuery).data;
  const { href } = useLocation();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onCancel();
      }}
      title={t.confirmIdentity.title}
      description={t.confirmIdentity.hint}
    >
      {told?.user?.hasPassword === false ? (
        <Providers providers={told.providers} place={href} />
      ) : (
        <PasswordForm client={client} user={told?.user ?? null} onDone={onDone} onCancel={onCancel} />
      )}
    </Dialog>
  );
}

function PasswordForm({
  client,
  user,
  onDone,
  onCancel,
}: ConfirmIdentityProps & { user: Schemas['SignedInUser'] | null }) {
  const [needsCode, setNeedsCode] = useState(false);
  const [done, setDone] = useState(false);
  const form = useForm<{ password: string; code: string }>({
    keep: null,
    toValues: () => ({ password: '', code: '' }),
    codes: {
      wrong_credentials: 'password',
      invalid_password: 'password',
      wrong_code: 'code',
      invalid_code: 'code',
    },
    send: async ({ values: { password, code } }) => {
      const codes = needsCode ? { code: code.trim() } : {};
      try {
        const next = await body(http.POST('/api/auth/confirm', { body: { password, ...codes } }));
        client.setQueryData(keys.authSession, next);
        setDone(true);
        onDone();
      } catch (error) {
        if (needsCode || !isApiError(error, 'code_required')) throw error;
        setNeedsCode(true);
      }
    },
    onDone: () => undefined,
  });
  const wait = useWait(form.formError);
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        // The form that asks may be around this one.
        event.stopPropagation();
        if (wait === 0 && !done) form.submit();
      }}
    >
      <Username value={user?.email ?? null} />
      <PasswordField
        focuses
        value={form.values.password}
        onChange={(password) => form.set({ password })}
        error={form.fieldError('password') && t.confirmIdentity.wrong}
      />
      {needsCode && (
        <CodeField
          value={form.values.code}
          onChange={(code) => form.set({ code })}
          error={form.fieldError('code')}
        />
      )}
      <AttemptError error={form.formError} wait={wait} />
      <DialogActions>
        <Button onClick={onCancel} className="max-sm:h-11">
          {t.action.cancel}
        </Button>
        <Button type="submit" variant="primary" disabled={form.busy || wait > 0} className="max-sm:h-11">
          {t.confirmIdentity.submit}
        </Button>
      </DialogActions>
    </form>
  );
}
