import type { Schemas } from '@/api/types';
import { SecretDialog } from '@/components/secret-dialog';
import { t } from '@/messages/account';

/** The secret of a new token, which is shown this once. */
export function TokenSecret({ made, onClose }: { made: Schemas['NewApiToken']; onClose: () => void }) {
  return (
    <SecretDialog
      title={t.tokens.madeTitle(made.token.name)}
      hint={t.tokens.madeHint}
      label={t.tokens.secret}
      secret={made.secret}
      copy={t.tokens.copy}
      onClose={onClose}
    />
  );
}
