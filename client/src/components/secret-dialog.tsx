import { t } from '@/messages/account';
import { CopyButton } from './copy-button';
import { Button } from './ui/button';
import { Dialog, DialogActions } from './ui/dialog';

interface SecretDialogProps {
  title: string;
  hint: string;
  /** What the secret is, for screen readers. */
  label: string;
  secret: string;
  /** What the button says that copies it. */
  copy: string;
  onClose: () => void;
}

/** A secret that the server has made, and shows this once. */
export function SecretDialog({ title, hint, label, secret, copy, onClose }: SecretDialogProps) {
  return (
    <Dialog
      open
      onOpenChange={(open, details) => {
        // A click beside it must not lose what is shown only once.
        if (!open && details.reason !== 'outside-press') onClose();
      }}
      title={title}
      description={hint}
    >
      <code
        aria-label={label}
        className="block rounded-lg bg-muted p-3 font-mono text-sm break-all select-all"
      >
        {secret}
      </code>
      <DialogActions>
        <CopyButton text={secret} label={copy} />
        <Button variant="primary" onClick={onClose} className="max-sm:h-11">
          {t.tokens.done}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
