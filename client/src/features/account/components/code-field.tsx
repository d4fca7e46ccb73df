import { useState } from 'react';
import { takeFocus, textLink } from '@/components/auth-card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { t } from '@/messages/account';

interface CodeFieldProps {
  value: string;
  onChange: (code: string) => void;
  error: string | undefined;
  /** Only a code of the app will do. */
  appOnly?: boolean;
  /** It is the first field, or the next one to be filled in. */
  focuses?: boolean;
}

/** A code of the second factor, or one of the recovery codes. */
export function CodeField({ value, onChange, error, appOnly = false, focuses = true }: CodeFieldProps) {
  const [recovers, setRecovers] = useState(false);
  const label = recovers ? t.signIn.recoveryCode : t.signIn.code;
  return (
    <div className="grid gap-2">
      <Field label={label} error={error}>
        {(field) => (
          <Input
            {...field}
            key={String(recovers)}
            {...(focuses || recovers ? { ref: takeFocus } : {})}
            name="code"
            required
            maxLength={32}
            autoCapitalize="none"
            spellCheck={false}
            {...(recovers
              ? { autoComplete: 'off' }
              : { autoComplete: 'one-time-code', inputMode: 'numeric' as const })}
            className="tracking-widest tabular"
            value={value}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        )}
      </Field>
      {!appOnly && (
        <button
          type="button"
          className={`${textLink} justify-self-start text-[0.8125rem]`}
          onClick={() => {
            setRecovers(!recovers);
            onChange('');
          }}
        >
          {recovers ? t.signIn.useApp : t.signIn.useRecovery}
        </button>
      )}
    </div>
  );
}
