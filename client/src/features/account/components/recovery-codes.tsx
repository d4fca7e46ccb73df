import { Download } from 'lucide-react';
import { useState } from 'react';
import { Button, buttonVariants } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { t } from '@/messages/account';
import { CopyButton } from '@/components/copy-button';

/** Recovery codes, which are shown this once: closed only when they are kept, or after a question. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  const [asks, setAsks] = useState(false);
  const text = `${t.recovery.fileTitle}\n\n${codes.join('\n')}\n`;
  const close = () => {
    if (kept) onClose();
    else setAsks(true);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) close();
      }}
      title={t.recovery.title}
      description={t.recovery.hint}
    >
      <ul className="grid grid-cols-1 gap-1.5 rounded-lg bg-muted p-3 font-mono text-sm select-text min-[24rem]:grid-cols-2">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="mt-3 flex flex-wrap gap-2">
        <a
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
          download="clockwork-recovery-codes.txt"
          onClick={() => setKept(true)}
          className={buttonVariants({ variant: 'outline' })}
        >
          <Download aria-hidden /> {t.recovery.download}
        </a>
        <CopyButton text={text} label={t.recovery.copy} onCopied={() => setKept(true)} />
      </div>
      <DialogActions>
        <Button variant="primary" onClick={close} className="max-sm:h-11">
          {t.recovery.done}
        </Button>
      </DialogActions>
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
        title={t.recovery.closeTitle}
        cancel={t.recovery.back}
        confirm={t.recovery.closeAnyway}
        onConfirm={onClose}
      >
        {t.recovery.closeHint}
      </ConfirmDialog>
    </Dialog>
  );
}
