import { Eye, EyeOff } from 'lucide-react';
import { useState, type ComponentProps } from 'react';
import { Input } from '@/components/ui/input';
import { t } from '@/messages/account';

interface PasswordInputProps extends Omit<ComponentProps<'input'>, 'type' | 'autoComplete'> {
  /** What a password manager is to do: fill in the password of the account, or offer and keep a new one. */
  autoComplete: 'current-password' | 'new-password';
}

export function PasswordInput(props: PasswordInputProps) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <span className="relative">
      <Input
        {...props}
        type={shown ? 'text' : 'password'}
        maxLength={256}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        className="pr-10"
      />
      <button
        type="button"
        aria-label={shown ? t.auth.hidePassword : t.auth.showPassword}
        title={shown ? t.auth.hidePassword : t.auth.showPassword}
        aria-controls={props.id}
        onClick={() => setShown(!shown)}
        className="absolute inset-y-0 right-0 flex w-10 items-center justify-center rounded-r-lg text-muted-foreground hover:text-foreground [&_svg]:size-4"
      >
        <Icon aria-hidden />
      </button>
    </span>
  );
}
