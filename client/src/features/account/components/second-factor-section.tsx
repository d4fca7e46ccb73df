import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { isApiError } from '@/api/errors';
import { body, http } from '@/api/http';
import { keys } from '@/api/keys';
import type { Schemas } from '@/api/types';
import { AttemptError } from '@/components/attempt-error';
import { Section } from '@/components/section';
import { Button } from '@/components/ui/button';
import { FormDialog, FormError } from '@/components/ui/form-dialog';
import { toast } from '@/components/ui/toast';
import { useForm } from '@/hooks/use-form';
import { useWait } from '@/hooks/use-wait';
import { t } from '@/messages/account';
import { useConfirmed } from '../hooks/use-confirmed';
import { CodeField } from './code-field';
import { CopyButton } from '@/components/copy-button';
import { PasswordField } from './fields';
import { RecoveryCodes } from './recovery-codes';
import { Username } from './username';

/** So few recovery codes are left that new ones should be made. */
const FEW_CODES = 3;

/** Two-step sign-in: a code of an app beside the password. */
export function SecondFactorSection({ user }: { user: Schemas['SignedInUser'] }) {
  const client = useQueryClient();
  const { confirmed, question } = useConfirmed();
  const [secret, setSecret] = useState<Schemas['SecondFactorSecret'] | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const refresh = () => client.invalidateQueries({ queryKey: keys.authSession });
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await work();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const begin = () =>
    run(async () => setSecret(await confirmed(() => body(http.POST('/api/auth/second-factor')))));
  const renew = () =>
    run(async () => {
      const made = await confirmed(() => body(http.POST('/api/auth/second-factor/recovery-codes')));
      setCodes(made.recoveryCodes);
      void refresh();
    });
  const { secondFactor, recoveryCodesLeft } = user;
  return (
    <Section
      id="second-factor"
      title={t.secondFactor.title}
      hint={secondFactor ? t.secondFactor.on : t.secondFactor.hint}
      action={
        !secondFactor &&
        user.hasPassword && (
          <Button variant="primary" disabled={busy} onClick={() => void begin()}>
            {t.secondFactor.turnOn}
          </Button>
        )
      }
    >
      {secondFactor && (
        <>
          <p className={`mt-2 text-sm ${recoveryCodesLeft <= FEW_CODES ? 'text-warning' : ''}`}>
            {t.secondFactor.left(recoveryCodesLeft)}
          </p>
          <div className="mt-3 flex flex-wrap gap-2">
            <Button disabled={busy} onClick={() => void renew()}>
              {t.secondFactor.renew}
            </Button>
            <Button variant="ghost" className="text-danger" onClick={() => setRemoving(true)}>
              {t.secondFactor.turnOff}
            </Button>
          </div>
        </>
      )}
      {!secondFactor && !user.hasPassword && (
        <p className="mt-2 text-[0.8125rem] text-muted-foreground">{t.secondFactor.elsewhere}</p>
      )}
      {error !== null && (
        <div className="mt-3">
          <FormError error={error} />
        </div>
      )}
      {question}
      {secret && (
        <TurnOn
          secret={secret}
          email={user.email}
          onClose={() => setSecret(null)}
          onCodes={(made) => {
            setCodes(made);
            void refresh();
          }}
        />
      )}
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
      {removing && (
        <TurnOff
          email={user.email}
          onClose={() => setRemoving(false)}
          onOff={() => {
            toast.success(t.secondFactor.isOff);
            void refresh();
          }}
        />
      )}
    </Section>
  );
}

interface TurnOnProps {
  secret: Schemas['SecondFactorSecret'];
  email: string | null;
  onClose: () => void;
  onCodes: (codes: readonly string[]) => void;
}

/** The secret for the app, and the code that shows that the app has it. */
function TurnOn({ secret, email, onClose, onCodes }: TurnOnProps) {
  const { confirmed, question } = useConfirmed();
  const form = useForm<{ code: string }>({
    keep: null,
    toValues: () => ({ code: '' }),
    codes: { invalid_code: 'code', wrong_code: 'code' },
    send: async ({ values }) => {
      const code = values.code.replace(/\s/g, '');
      const made = await confirmed(() =>
        body(http.POST('/api/auth/second-factor/confirm', { body: { code } })),
      );
      onCodes(made.recoveryCodes);
    },
    onDone: onClose,
  });
  const { size, path } = secret.qr;
  return (
    <FormDialog
      form={form}
      title={t.secondFactor.turnOnTitle}
      description={t.secondFactor.scan}
      submit={t.secondFactor.turnOn}
      onClose={onClose}
    >
      <Username value={email} />
      <div className="flex flex-wrap items-center gap-4">
        {/* Dark on white whatever the theme is: many readers take nothing else. */}
        <svg
          role="img"
          aria-label={t.secondFactor.qr}
          viewBox={`0 0 ${size} ${size}`}
          shapeRendering="crispEdges"
          className="size-44 shrink-0 rounded-lg bg-white"
        >
          <path d={path} fill="#000" />
        </svg>
        <div className="min-w-0 flex-1 basis-48 text-sm">
          <p className="text-muted-foreground">{t.secondFactor.typeIn}</p>
          <p className="mt-1.5 mb-2 font-mono select-all">{secret.secret.replace(/(.{4})(?=.)/g, '$1 ')}</p>
          <CopyButton text={secret.secret} label={t.secondFactor.copySecret} />
        </div>
      </div>
      <CodeField
        appOnly
        focuses={false}
        value={form.values.code}
        onChange={(code) => form.set({ code })}
        error={form.fieldError('code')}
      />
      {question}
    </FormDialog>
  );
}

function TurnOff({
  email,
  onClose,
  onOff,
}: {
  email: string | null;
  onClose: () => void;
  onOff: () => void;
}) {
  const form = useForm<{ password: string; code: string }>({
    keep: null,
    toValues: () => ({ password: '', code: '' }),
    codes: {
      wrong_credentials: 'password',
      invalid_password: 'password',
      wrong_code: 'code',
      invalid_code: 'code',
      code_required: 'code',
    },
    send: async ({ values: { password, code } }) => {
      try {
        await body(http.POST('/api/auth/second-factor/remove', { body: { password, code: code.trim() } }));
      } catch (reason) {
        // Turned off on another device: that is what was asked for.
        if (!isApiError(reason, 'no_second_factor')) throw reason;
      }
      onOff();
    },
    onDone: onClose,
  });
  const wait = useWait(form.formError);
  return (
    <FormDialog
      form={{ ...form, formError: wait > 0 ? null : form.formError }}
      title={t.secondFactor.turnOffTitle}
      description={t.secondFactor.turnOffHint}
      submit={t.secondFactor.turnOff}
      disabled={wait > 0}
      onClose={onClose}
    >
      <Username value={email} />
      <PasswordField
        focuses
        value={form.values.password}
        onChange={(password) => form.set({ password })}
        error={form.fieldError('password') && t.confirmIdentity.wrong}
      />
      <CodeField
        focuses={false}
        value={form.values.code}
        onChange={(code) => form.set({ code })}
        error={form.fieldError('code')}
      />
      {wait > 0 && <AttemptError error={form.formError} wait={wait} />}
    </FormDialog>
  );
}
