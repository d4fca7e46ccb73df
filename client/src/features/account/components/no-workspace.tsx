import { Building2 } from 'lucide-react';
import { body, http } from '@/api/http';
import { chooseWorkspace } from '@/api/session';
import { AuthCard, textLink } from '@/components/auth-card';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormError } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { browserZone, isBrowserZoneKnown } from '@/entities/me/me';
import { useForm } from '@/hooks/use-form';
import { useDocumentTitle } from '@/hooks/use-page-title';
import { t } from '@/messages/account';
import { useSignOut } from '../hooks/use-sign-out';

/** The page of a user who is a member nowhere: their last workspace was left, or has removed them. */
export function NoWorkspace() {
  useDocumentTitle(null);
  const { begin, question } = useSignOut();
  const form = useForm<{ name: string }>({
    keep: 'workspace',
    toValues: () => ({ name: '' }),
    send: async ({ values }) => {
      const zone = isBrowserZoneKnown ? { timeZone: browserZone } : {};
      const { id } = await body(
        http.POST('/api/workspaces', { body: { name: values.name.trim(), ...zone } }),
      );
      chooseWorkspace(id);
    },
    onDone: () => undefined,
  });
  return (
    <AuthCard
      title={t.noWorkspace.title}
      hint={t.noWorkspace.hint}
      foot={
        <button type="button" className={textLink} onClick={begin}>
          {t.userMenu.signOut}
        </button>
      }
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <Field label={t.noWorkspace.name} error={form.fieldError('name')}>
          {(field) => (
            <Input
              {...field}
              required
              maxLength={255}
              autoComplete="organization"
              value={form.values.name}
              onChange={(event) => form.set({ name: event.currentTarget.value })}
            />
          )}
        </Field>
        <FormError error={form.formError} />
        <Button type="submit" variant="primary" size="lg" disabled={form.busy}>
          <Building2 aria-hidden /> {t.noWorkspace.create}
        </Button>
      </form>
      {question}
    </AuthCard>
  );
}
