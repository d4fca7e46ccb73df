import { DateInput } from '@/components/date-input';
import { Field } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Input, NativeSelect } from '@/components/ui/input';
import { SwitchField } from '@/components/ui/switch-field';
import { toast } from '@/components/ui/toast';
import { PATH_SEPARATOR, useCatalog } from '@/entities/catalog/catalog';
import { useMembers } from '@/entities/me/members';
import { useForm } from '@/hooks/use-form';
import { t } from '@/messages/account';
import {
  ALWAYS,
  readDecimal,
  targetKind,
  useRateChanges,
  type Rate,
  type Scope,
  type TargetKind,
} from '../rates';

interface Values {
  kind: string;
  target: TargetKind;
  clientId: string;
  projectId: string;
  categoryId: string;
  memberId: string;
  hourly: string;
  /** There is no rate from the day on. */
  ended: boolean;
  validFrom: string;
}

interface RateDialogProps {
  /** Null makes a new one. */
  rate: Rate | null;
  scope: Scope;
  onClose: () => void;
}

const KINDS = ['billable', 'cost'] as const;
const TARGETS: readonly TargetKind[] = [
  'workspace',
  'client',
  'project',
  'category',
  'member',
  'projectMember',
];
const COST_TARGETS: readonly TargetKind[] = ['workspace', 'member'];

/** What a rate can be for within a scope. */
function targetsIn({ clientId, projectId }: Scope): readonly TargetKind[] {
  if (projectId) return ['project', 'category', 'projectMember'];
  return clientId ? ['client'] : TARGETS;
}

/** A rate of a target from a day on. What it is for stays as it is. */
export function RateDialog({ rate, scope, onClose }: RateDialogProps) {
  const { create, change } = useRateChanges();
  const words = t.rates;
  const targets = targetsIn(scope);
  const isWhole = targets === TARGETS;
  const form = useForm<Values, Rate>({
    keep: `rate ${rate?.id}`,
    item: rate,
    toValues: (item) => ({
      kind: item?.kind ?? 'billable',
      target: item ? targetKind(item) : (targets[0] ?? 'workspace'),
      clientId: item?.clientId ?? scope.clientId ?? '',
      projectId: item?.projectId ?? scope.projectId ?? '',
      categoryId: item?.categoryId ?? '',
      memberId: item?.memberId ?? '',
      hourly: item?.hourly ?? '',
      ended: item !== null && item.hourly === null,
      validFrom: !item || item.validFrom === ALWAYS ? '' : item.validFrom,
    }),
    codes: { duplicate_rate: 'validFrom' },
    send: ({ values, changed, seen }) => {
      const hourly = values.ended ? null : readDecimal(values.hourly);
      const validFrom = values.validFrom || ALWAYS;
      if (seen) {
        const changes = {
          ...('hourly' in changed || 'ended' in changed ? { hourly } : {}),
          ...('validFrom' in changed ? { validFrom } : {}),
        };
        return change({ rate: seen, changes });
      }
      return create({ kind: values.kind, hourly, validFrom, ...targetOf(values) });
    },
    onDone: () => {
      onClose();
      toast.success(words.saved);
    },
  });
  const { values, set } = form;
  return (
    <FormDialog
      form={form}
      fields={{
        hourly: { label: words.hourly, format: (hourly: string) => hourly },
        ended: { label: words.end, format: (ended: boolean) => (ended ? t.form.yes : t.form.no) },
        validFrom: { label: words.from, format: (day: string) => day || words.always },
      }}
      title={rate ? words.change : words.new}
      submit={t.action.save}
      onClose={onClose}
      className="sm:max-w-md"
    >
      {!rate && (
        <>
          {isWhole && (
            <Field label={words.kind} hint={words.kindHint} error={form.fieldError('kind')}>
              {(field) => (
                <NativeSelect
                  {...field}
                  value={values.kind}
                  onChange={({ currentTarget: { value: kind } }) =>
                    set({
                      kind,
                      ...(kind === 'cost' && !COST_TARGETS.includes(values.target)
                        ? { target: 'workspace' }
                        : {}),
                    })
                  }
                >
                  {KINDS.map((kind) => (
                    <option key={kind} value={kind}>
                      {words.kinds[kind]}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
          )}
          {targets.length > 1 && (
            <Field label={words.target}>
              {(field) => (
                <NativeSelect
                  {...field}
                  value={values.target}
                  onChange={(event) => set({ target: event.currentTarget.value as TargetKind })}
                >
                  {(values.kind === 'cost' ? COST_TARGETS : targets).map((target) => (
                    <option key={target} value={target}>
                      {words.targets[target]}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
          )}
          <TargetFields values={values} set={set} fieldError={form.fieldError} isWhole={isWhole} />
        </>
      )}
      <Field label={words.hourly} hint={words.hourlyHint} error={form.fieldError('hourly')}>
        {(field) => (
          <Input
            {...field}
            required={!values.ended}
            disabled={values.ended}
            inputMode="decimal"
            maxLength={20}
            value={values.hourly}
            onChange={(event) => set({ hourly: event.currentTarget.value })}
          />
        )}
      </Field>
      <SwitchField
        id="rate-ended"
        label={words.end}
        hint={words.endHint}
        checked={values.ended}
        onCheckedChange={(ended) => set({ ended })}
      />
      <Field label={words.from} hint={words.fromHint} error={form.fieldError('validFrom')}>
        {(field) => (
          <DateInput {...field} value={values.validFrom} onCommit={(validFrom) => set({ validFrom })} />
        )}
      </Field>
    </FormDialog>
  );
}

/** Of the fields of a target those that the chosen kind has. */
function targetOf({ target, clientId, projectId, categoryId, memberId }: Values) {
  switch (target) {
    case 'client':
      return { clientId };
    case 'project':
      return { projectId };
    case 'category':
      return { projectId, categoryId };
    case 'member':
      return { memberId };
    case 'projectMember':
      return { projectId, memberId };
    default:
      return {};
  }
}

interface TargetFieldsProps {
  values: Values;
  set: (changes: Partial<Values>) => void;
  fieldError: (name: keyof Values) => string | undefined;
  /** Clients and projects can be chosen; else they are those of the page. */
  isWhole: boolean;
}

function TargetFields({ values, set, fieldError, isWhole }: TargetFieldsProps) {
  const catalog = useCatalog().data;
  const members = useMembers().data?.filter(({ leftAt }) => leftAt === null) ?? [];
  const { targets } = t.rates;
  const { target, projectId } = values;
  const places = (catalog?.places ?? []).filter(({ project }) => isWhole || project.id === projectId);
  const named = (all: readonly { id: string; name: string }[] = []) =>
    all.map(({ id, name }) => ({ id, label: name }));
  return (
    <>
      {isWhole && target === 'client' && (
        <Choice
          label={targets.client}
          error={fieldError('clientId')}
          options={named(catalog?.clients)}
          value={values.clientId}
          onChange={(clientId) => set({ clientId })}
        />
      )}
      {isWhole && (target === 'project' || target === 'projectMember') && (
        <Choice
          label={targets.project}
          error={fieldError('projectId')}
          options={named(catalog?.projects)}
          value={values.projectId}
          onChange={(projectId) => set({ projectId })}
        />
      )}
      {target === 'category' && (
        <Choice
          label={targets.category}
          error={fieldError('categoryId')}
          options={places.map(({ category, project, path }) => ({
            id: category.id,
            label: [project.name, ...path].join(PATH_SEPARATOR),
          }))}
          value={values.categoryId}
          onChange={(categoryId) =>
            set({ categoryId, projectId: catalog?.place(categoryId)?.project.id ?? '' })
          }
        />
      )}
      {(target === 'member' || target === 'projectMember') && (
        <Choice
          label={targets.member}
          error={fieldError('memberId')}
          options={named(members)}
          value={values.memberId}
          onChange={(memberId) => set({ memberId })}
        />
      )}
    </>
  );
}

interface ChoiceProps {
  label: string;
  error: string | undefined;
  options: readonly { id: string; label: string }[];
  value: string;
  onChange: (id: string) => void;
}

function Choice({ label, error, options, value, onChange }: ChoiceProps) {
  return (
    <Field label={label} error={error}>
      {(field) => (
        <NativeSelect
          {...field}
          required
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          <option value="">{t.rates.choose}</option>
          {options.map((option) => (
            <option key={option.id} value={option.id}>
              {option.label}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}
