import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { DiscardQuestion, FormError, useKeepUntilSaved } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { toast } from '@/components/ui/toast';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import { readDecimal, useRateChanges } from '../rates';

interface PriceFormProps {
  projectId: string;
  /** A decimal; empty when the project is paid by the hour. */
  price: string;
  currency: string;
}

/** What a project is worth as a whole; empty lets it be paid by the hour. */
export function PriceForm({ projectId, price, currency }: PriceFormProps) {
  const { setPrice, removePrice } = useRateChanges();
  const form = useForm<{ price: string }, string>({
    keep: 'price',
    item: price,
    toValues: (item) => ({ price: item ?? '' }),
    codes: { invalid_money: 'price' },
    send: ({ values }) => {
      const typed = readDecimal(values.price);
      return typed === '' ? removePrice(projectId) : setPrice({ projectId, price: typed });
    },
    onDone: () => toast.success(t.money.priceSaved),
  });
  const blocker = useKeepUntilSaved(form);
  return (
    <form
      className="grid gap-4 rounded-xl border bg-surface p-4 shadow-card sm:p-5"
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <Field
        label={currency ? t.money.priceIn(currency) : t.money.price}
        hint={t.money.priceHint}
        error={form.fieldError('price')}
      >
        {(field) => (
          <Input
            {...field}
            inputMode="decimal"
            maxLength={20}
            value={form.values.price}
            onChange={(event) => form.set({ price: event.currentTarget.value })}
          />
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
