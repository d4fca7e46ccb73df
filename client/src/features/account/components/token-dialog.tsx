import { body, http } from '@/api/http';
import type { Schemas } from '@/api/types';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, NativeSelect } from '@/components/ui/input';
import { useWorkspaces } from '@/entities/me/workspaces';
import { useForm } from '@/hooks/use-form';
import { serverNow } from '@/api/server-clock';
import { t } from '@/messages/account';
import { useConfirmed } from '../hooks/use-confirmed';

const SCOPES = ['read', 'track', 'manage', 'admin'] as const;
const LIFETIMES = ['7', '30', '90', '365', 'never'] as const;
const DAY_MS = 86_400_000;

interface Values {
  name: string;
  scope: (typeof SCOPES)[number];
  lifetime: (typeof LIFETIMES)[number];
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
    toValues: () => ({ name: '', scope: 'track', lifetime: '90', workspaceId: '' }),
    codes: {
      invalid_name: 'name',
      invalid_scope: 'scope',
      invalid_time: 'lifetime',
      invalid_workspace: 'workspaceId',
    },
    send: async ({ values: { name, scope, lifetime, workspaceId } }) => {
      const expiresAt =
        lifetime === 'never' ? null : new Date(serverNow() + Number(lifetime) * DAY_MS).toISOString();
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
      <Field
        label={t.tokens.lifetime}
        hint={values.lifetime === 'never' ? t.tokens.neverHint : undefined}
        error={form.fieldError('lifetime')}
      >
        {(field) => (
          <NativeSelect
            {...field}
            value={values.lifetime}
            onChange={(event) => set({ lifetime: event.currentTarget.value as Values['lifetime'] })}
          >
            {LIFETIMES.map((lifetime) => (
              <option key={lifetime} value={lifetime}>
                {lifetime === 'never' ? t.tokens.never : t.tokens.days(Number(lifetime))}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      {question}
    </FormDialog>
  );
}
