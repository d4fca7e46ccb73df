import { useQueryClient } from '@tanstack/react-query';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Schemas } from '@/api/types';
import { Section } from '@/components/section';
import { Button } from '@/components/ui/button';
import { FormError } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import { useConfirmed } from '../hooks/use-confirmed';
import { NewPasswordField } from './fields';
import { Username } from './username';

export function PasswordSection({ user }: { user: Schemas['SignedInUser'] }) {
  const client = useQueryClient();
  const { confirmed, question } = useConfirmed();
  const form = useForm<{ password: string }>({
    keep: null,
    toValues: () => ({ password: '' }),
    send: async ({ values: { password } }) => {
      const next = await confirmed(() => body(http.PUT('/api/auth/password', { body: { password } })));
      client.setQueryData(keys.authSession, next);
      void client.invalidateQueries({ queryKey: keys.sessions });
    },
    onDone: () => {
      form.set({ password: '' });
      toast.success(t.passwordSection.changed);
    },
  });
  if (!user.hasPassword)
    return <Section id="password" title={t.auth.password} hint={t.passwordSection.elsewhere} />;
  return (
    <Section id="password" title={t.auth.password} hint={t.passwordSection.hint}>
      <form
        className="mt-3 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <Username value={user.email} />
        <NewPasswordField
          label={t.auth.newPassword}
          name="new-password"
          value={form.values.password}
          onChange={(password) => form.set({ password })}
          error={form.fieldError('password')}
        />
        <FormError error={form.formError} />
        <div>
          <Button type="submit" disabled={form.busy}>
            {t.passwordSection.submit}
          </Button>
        </div>
      </form>
      {question}
    </Section>
  );
}
