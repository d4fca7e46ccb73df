import { useState } from 'react';
import { body, http } from '@/api/http';
import type { Schemas } from '@/api/types';
import { Button } from '@/components/ui/button';
import { FormError } from '@/components/ui/form-dialog';
import { t } from '@/messages/account';

interface ProvidersProps {
  providers: readonly Schemas['SignOnProvider'][];
  /** Where to go afterwards. */
  place: string;
  /** On a server that is not set up: who signs in becomes its first administrator. */
  setupToken?: string;
  disabled?: boolean;
}

/** Signing in with a provider of single sign-on: the browser goes there and comes back signed in. */
export function Providers({ providers, place, setupToken, disabled = false }: ProvidersProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const leave = (provider: string) => {
    setBusy(true);
    setError(null);
    const token = setupToken === undefined ? {} : { setupToken: setupToken.trim() };
    body(http.POST('/api/auth/sign-on', { body: { provider, returnTo: place, ...token } })).then(
      ({ location }) => window.location.assign(location),
      (reason: unknown) => {
        setError(reason);
        setBusy(false);
      },
    );
  };
  return (
    <div className="grid gap-2">
      {providers.map(({ name, label }) => (
        <Button key={name} size="lg" disabled={busy || disabled} onClick={() => leave(name)}>
          {t.signIn.with(label)}
        </Button>
      ))}
      <FormError error={error} />
    </div>
  );
}

/** Between two ways to sign in. */
export function Or() {
  return (
    <div className="my-4 flex items-center gap-3 text-xs text-muted-foreground">
      <span aria-hidden className="h-px flex-1 bg-border" />
      {t.auth.or}
      <span aria-hidden className="h-px flex-1 bg-border" />
    </div>
  );
}
