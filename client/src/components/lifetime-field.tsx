import { serverNow } from '@/api/server-clock';
import { Field } from './ui/field';
import { NativeSelect } from './ui/input';

const LIFETIMES = ['7', '30', '90', '365', 'never'] as const;
const DAY_MS = 86_400_000;

/** Days for which a secret works, or without an end. */
export type Lifetime = (typeof LIFETIMES)[number];

/** The moment at which a secret that is made now ends, as the API takes it. */
export function endOf(lifetime: Lifetime): string | null {
  return lifetime === 'never' ? null : new Date(serverNow() + Number(lifetime) * DAY_MS).toISOString();
}

interface LifetimeFieldProps {
  words: { lifetime: string; days: (days: number) => string; never: string; neverHint: string };
  value: Lifetime;
  error: string | undefined;
  onChange: (lifetime: Lifetime) => void;
}

/** When a token or a link ends. */
export function LifetimeField({ words, value, error, onChange }: LifetimeFieldProps) {
  return (
    <Field label={words.lifetime} hint={value === 'never' ? words.neverHint : undefined} error={error}>
      {(field) => (
        <NativeSelect
          {...field}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value as Lifetime)}
        >
          {LIFETIMES.map((lifetime) => (
            <option key={lifetime} value={lifetime}>
              {lifetime === 'never' ? words.never : words.days(Number(lifetime))}
            </option>
          ))}
        </NativeSelect>
      )}
    </Field>
  );
}
