import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
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
import { EmailField } from './fields';

interface AddressSectionProps {
  user: Schemas['SignedInUser'];
  /** Whether a link can be sent. If not, the new address counts at once. */
  hasMail: boolean;
}

export function AddressSection({ user, hasMail }: AddressSectionProps) {
  const client = useQueryClient();
  const { confirmed, question } = useConfirmed();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm<{ email: string }>({
    keep: 'address',
    toValues: () => ({ email: '' }),
    codes: { email_taken: 'email' },
    send: async ({ values }) => {
      const email = values.email.trim();
      const { token } = await confirmed(() => body(http.POST('/api/auth/address', { body: { email } })));
      if (token === null) {
        setSentTo(email);
        return;
      }
      await body(http.POST('/api/auth/address/confirm', { body: { token } }));
      toast.success(t.address.changed);
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.authSession }),
        client.invalidateQueries({ queryKey: keys.me }),
      ]);
    },
    onDone: () => form.set({ email: '' }),
  });
  return (
    <Section
      id="address"
      title={t.address.title}
      hint={
        <span className="break-words">
          {user.email === null ? t.address.none : t.address.is(user.email)}{' '}
          {user.email !== null && !user.emailVerified && hasMail && t.address.unverified}
        </span>
      }
    >
      {sentTo !== null && (
        <p
          role="status"
          className="mt-3 rounded-lg bg-accent px-3 py-2 text-sm break-words text-accent-foreground"
        >
          {t.address.sent(sentTo)}
        </p>
      )}
      <form
        className="mt-3 grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <div className="flex flex-wrap items-end gap-2">
          <EmailField
            label={t.address.next}
            autoComplete="email"
            className="flex-1 basis-56"
            value={form.values.email}
            onChange={(email) => form.set({ email })}
            error={form.fieldError('email')}
          />
          <Button type="submit" disabled={form.busy} className={form.fieldError('email') ? 'mb-6.5' : ''}>
            {hasMail ? t.address.sendLink : t.address.change}
          </Button>
        </div>
        <FormError error={form.formError} />
      </form>
      {question}
    </Section>
  );
}
