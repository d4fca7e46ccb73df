import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { toast } from '@/components/ui/toast';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import { readHours, readPercents, useBudgetChanges, writeHours, type Budget } from '../budgets';
import { readDecimal, type Scope } from '../rates';

interface Values {
  measure: 'time' | 'money';
  period: 'total' | 'month';
  durationSeconds: string;
  amount: string;
  alertPercents: string;
}

/** What is offered at first. */
const ALERTS = [80, 100];

interface BudgetDialogProps {
  /** Null makes a new one. */
  budget: Budget | null;
  scope: Scope;
  onClose: () => void;
}

/** A budget of a project or a client. Its measure and period stay as they were made. */
export function BudgetDialog({ budget, scope, onClose }: BudgetDialogProps) {
  const { create, change } = useBudgetChanges();
  const words = t.budgets;
  const form = useForm<Values, Budget>({
    keep: `budget ${budget?.id}`,
    item: budget,
    toValues: (item) => ({
      measure: item?.measure === 'money' ? 'money' : 'time',
      period: item?.period === 'month' ? 'month' : 'total',
      durationSeconds: writeHours(item?.durationSeconds),
      amount: item?.amount ?? '',
      alertPercents: (item?.alertPercents ?? ALERTS).join(', '),
    }),
    codes: { duplicate_budget: 'period' },
    send: ({ values, changed, seen }) => {
      const size =
        values.measure === 'time'
          ? { durationSeconds: readHours(values.durationSeconds) ?? 0 }
          : { amount: readDecimal(values.amount) };
      const alertPercents = readPercents(values.alertPercents) ?? [];
      if (seen) {
        const changes = {
          ...('durationSeconds' in changed || 'amount' in changed ? size : {}),
          ...('alertPercents' in changed ? { alertPercents } : {}),
        };
        return change({ budget: seen, changes });
      }
      const { measure, period } = values;
      return create({ ...scope, measure, period, ...size, alertPercents });
    },
    onDone: () => {
      onClose();
      toast.success(words.saved);
    },
  });
  const { values, set } = form;
  const hasHours = readHours(values.durationSeconds) !== null;
  const hasPercents = readPercents(values.alertPercents) !== null;
  const isTime = values.measure === 'time';
  return (
    <FormDialog
      form={form}
      fields={{
        durationSeconds: { label: words.hours, format: (hours: string) => hours },
        amount: { label: words.amount, format: (amount: string) => amount },
        alertPercents: { label: words.alerts, format: (percents: string) => percents },
      }}
      title={budget ? words.change : words.new}
      submit={t.action.save}
      disabled={(isTime && values.durationSeconds !== '' && !hasHours) || !hasPercents}
      onClose={onClose}
      className="sm:max-w-md"
    >
      {!budget && (
        <>
          <Segmented<Values['measure']>
            label={words.measure}
            value={values.measure}
            onChange={(measure) => set({ measure })}
            options={[
              { value: 'time', label: words.measures.time },
              { value: 'money', label: words.measures.money },
            ]}
          />
          <Segmented<Values['period']>
            label={words.period}
            value={values.period}
            onChange={(period) => set({ period })}
            options={[
              { value: 'total', label: words.periods.total },
              { value: 'month', label: words.periods.month },
            ]}
          />
          {form.fieldError('period') && (
            <p role="alert" className="-mt-2 text-[0.8125rem] text-danger">
              {form.fieldError('period')}
            </p>
          )}
        </>
      )}
      {isTime ? (
        <Field
          label={words.hours}
          hint={words.hoursHint}
          error={
            values.durationSeconds !== '' && !hasHours ? words.noHours : form.fieldError('durationSeconds')
          }
        >
          {(field) => (
            <Input
              {...field}
              required
              maxLength={20}
              value={values.durationSeconds}
              onChange={(event) => set({ durationSeconds: event.currentTarget.value })}
            />
          )}
        </Field>
      ) : (
        <Field label={words.amount} hint={words.amountHint} error={form.fieldError('amount')}>
          {(field) => (
            <Input
              {...field}
              required
              inputMode="decimal"
              maxLength={20}
              value={values.amount}
              onChange={(event) => set({ amount: event.currentTarget.value })}
            />
          )}
        </Field>
      )}
      <Field
        label={words.alerts}
        hint={words.alertsHint}
        error={hasPercents ? form.fieldError('alertPercents') : words.noPercents}
      >
        {(field) => (
          <Input
            {...field}
            inputMode="numeric"
            maxLength={80}
            value={values.alertPercents}
            onChange={(event) => set({ alertPercents: event.currentTarget.value })}
          />
        )}
      </Field>
    </FormDialog>
  );
}
