import { body, http } from '@/api/http';
import type { Schemas } from '@/api/types';
import { endOf, LifetimeField, type Lifetime } from '@/components/lifetime-field';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, NativeSelect } from '@/components/ui/input';
import { useWorkspaces } from '@/entities/me/workspaces';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import { useConfirmed } from '../hooks/use-confirmed';

const SCOPES = ['read', 'track', 'manage', 'admin'] as const;

interface Values {
  name: string;
  scope: (typeof SCOPES)[number];
  lifetime: Lifetime;
  workspaceId: string;
}

interface NewTokenProps {
  onClose: () => void;
  onMade: (made: Schemas['NewApiToken']) => void;
}

/** What a new token is for, what it may do, and for how long. */
export function NewToken({ onClose, onMade }: NewTokenProps) {
  const { confirmed, question } = useConfirmed();
  const workspaces = useWorkspaces().data ?? [];
  const form = useForm<Values>({
    keep: 'token',
    toValues: () => ({ name: '', scope: 'track', lifetime: '90', workspaceId: '' }),
    codes: {
      invalid_name: 'name',
      invalid_scope: 'scope',
      invalid_time: 'lifetime',
      invalid_workspace: 'workspaceId',
    },
    send: async ({ values: { name, scope, lifetime, workspaceId } }) => {
      const expiresAt = endOf(lifetime);
      const token = { name: name.trim(), scope, expiresAt, workspaceId: workspaceId || null };
      onMade(await confirmed(() => body(http.POST('/api/auth/tokens', { body: token }))));
    },
    onDone: onClose,
  });
  const { values, set } = form;
  return (
    <FormDialog form={form} title={t.tokens.new} submit={t.tokens.create} onClose={onClose}>
      <Field label={t.tokens.name} hint={t.tokens.nameHint} error={form.fieldError('name')}>
        {(field) => (
          <Input
            {...field}
            required
            maxLength={255}
            autoComplete="off"
            value={values.name}
            onChange={(event) => set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={t.tokens.scope} hint={t.tokens.scopeHints[values.scope]} error={form.fieldError('scope')}>
        {(field) => (
          <NativeSelect
            {...field}
            value={values.scope}
            onChange={(event) => set({ scope: event.currentTarget.value as Values['scope'] })}
          >
            {SCOPES.map((scope) => (
              <option key={scope} value={scope}>
                {t.tokens.scopes[scope]}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      {workspaces.length > 1 && (
        <Field label={t.tokens.workspace} error={form.fieldError('workspaceId')}>
          {(field) => (
            <NativeSelect
              {...field}
              value={values.workspaceId}
              onChange={(event) => set({ workspaceId: event.currentTarget.value })}
            >
              <option value="">{t.tokens.allWorkspaces}</option>
              {workspaces.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      )}
      <LifetimeField
        words={t.tokens}
        value={values.lifetime}
        error={form.fieldError('lifetime')}
        onChange={(lifetime) => set({ lifetime })}
      />
      {question}
    </FormDialog>
  );
}
