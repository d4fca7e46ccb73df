import type { Schemas } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { t } from '@/messages/account';
import { CopyButton } from '@/components/copy-button';

/** The secret of a new token, which is shown this once. */
export function TokenSecret({ made, onClose }: { made: Schemas['NewApiToken']; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={(open, details) => {
        // A click beside it must not lose what is shown only once.
        if (!open && details.reason !== 'outside-press') onClose();
      }}
      title={t.tokens.madeTitle(made.token.name)}
      description={t.tokens.madeHint}
    >
      <code
        aria-label={t.tokens.secret}
        className="block rounded-lg bg-muted p-3 font-mono text-sm break-all select-all"
      >
        {made.secret}
      </code>
      <DialogActions>
        <CopyButton text={made.secret} label={t.tokens.copy} />
        <Button variant="primary" onClick={onClose} className="max-sm:h-11">
          {t.tokens.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
