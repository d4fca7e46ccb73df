import { takeFocus } from '@/components/auth-card';
import { PasswordInput } from '@/components/password-input';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { t } from '@/messages/account';

interface TextProps {
  value: string;
  onChange: (text: string) => void;
  error: string | undefined;
  /** It is the first field, or the next one to be filled in. */
  focuses?: boolean;
}

const focused = (focuses: boolean) => (focuses ? { ref: takeFocus } : {});

/** The name of a user who gets an account. */
export function NameField({ value, onChange, error, focuses = false }: TextProps) {
  return (
    <Field label={t.setup.name} error={error}>
      {(field) => (
        <Input
          {...field}
          {...focused(focuses)}
          name="name"
          autoComplete="name"
          required
          maxLength={255}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface EmailFieldProps extends TextProps {
  label?: string;
  /** What a password manager fills in: the account's address, or another one. */
  autoComplete?: 'username' | 'email';
  className?: string;
}

/** The address of an account. */
export function EmailField({
  label = t.auth.email,
  autoComplete = 'username',
  className = '',
  value,
  onChange,
  error,
  focuses = false,
}: EmailFieldProps) {
  return (
    <Field label={label} error={error} className={className}>
      {(field) => (
        <Input
          {...field}
          {...focused(focuses)}
          type="email"
          name="email"
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          required
          maxLength={254}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

/** The password of an account, to show that it is the user's. */
export function PasswordField({ value, onChange, error, focuses = false }: TextProps) {
  return (
    <Field label={t.auth.password} error={error}>
      {(field) => (
        <PasswordInput
          {...field}
          {...focused(focuses)}
          name="password"
          autoComplete="current-password"
          required
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

interface NewPasswordFieldProps extends TextProps {
  label?: string;
  name?: string;
}

/** A password that is chosen. */
export function NewPasswordField({
  label = t.auth.password,
  name = 'password',
  value,
  onChange,
  error,
  focuses = false,
}: NewPasswordFieldProps) {
  return (
    <Field label={label} hint={t.auth.passwordHint} error={error}>
      {(field) => (
        <PasswordInput
          {...field}
          {...focused(focuses)}
          name={name}
          autoComplete="new-password"
          required
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
