import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { DiscardQuestion, FormError, useKeepUntilSaved } from '@/components/ui/form-dialog';
import { NativeSelect } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import type { Schemas } from '@/api/types';
import { useForm } from '@/hooks/use-form';
import { locale } from '@/lib/time/format';
import { t } from '@/messages/account';
import { useRateChanges } from '../rates';

interface CurrencyFormProps {
  /** Null for none of its own. */
  setting: Schemas['CurrencySetting'] | null;
  /** The client; the workspace when absent. */
  clientId?: string;
  hint: string;
  /** What it is called to have none. */
  none: string;
}

/** The currency of the workspace, or of a client that has another one. */
export function CurrencyForm({ setting, clientId, hint, none }: CurrencyFormProps) {
  const { setCurrency, removeCurrency } = useRateChanges();
  const form = useForm<{ currency: string }, string>({
    keep: `currency ${clientId}`,
    item: setting?.currency ?? '',
    toValues: (item) => ({ currency: item ?? '' }),
    codes: { invalid_money: 'currency' },
    send: ({ values: { currency } }) =>
      currency !== ''
        ? setCurrency({ currency, ...(clientId ? { clientId } : {}) })
        : setting
          ? removeCurrency(setting.id)
          : Promise.resolve(),
    onDone: () => toast.success(t.rates.currencySaved),
  });
  const blocker = useKeepUntilSaved(form);
  const names = new Intl.DisplayNames([locale()], { type: 'currency' });
  return (
    <form
      className="grid gap-4 rounded-xl border bg-surface p-4 shadow-card sm:p-5"
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <Field label={t.rates.currency} hint={hint} error={form.fieldError('currency')}>
        {(field) => (
          <NativeSelect
            {...field}
            required={!clientId}
            value={form.values.currency}
            onChange={(event) => form.set({ currency: event.currentTarget.value })}
          >
            <option value="">{none}</option>
            {Intl.supportedValuesOf('currency').map((code) => (
              <option key={code} value={code}>
                {`${code} · ${names.of(code) ?? code}`}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <FormError error={form.formError} />
      <div className="flex justify-end">
        <Button type="submit" variant="primary" disabled={!form.isDirty || form.busy}>
          {t.action.save}
        </Button>
      </div>
      <DiscardQuestion
        open={blocker.status === 'blocked'}
        onKeep={() => blocker.reset?.()}
        onDiscard={() => blocker.proceed?.()}
      />
    </form>
  );
}
