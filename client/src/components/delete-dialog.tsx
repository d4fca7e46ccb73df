import { useState, type ReactNode } from 'react';
import { errorMessage } from '@/api/errors';
import { ConfirmDialog } from './ui/confirm-dialog';
import { t } from '@/messages/later';

interface DeleteDialogProps {
  name: string;
  /** What the button says. */
  confirm: string;
  onDelete: () => Promise<unknown>;
  onClose: () => void;
  onDeleted?: () => void;
  children: ReactNode;
}

/** Asks before something is deleted for good, and says why it was refused when it was. */
export function DeleteDialog({ name, confirm, onDelete, onClose, onDeleted, children }: DeleteDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const remove = () => {
    setBusy(true);
    setError(null);
    onDelete().then(
      () => {
        onClose();
        onDeleted?.();
      },
      (reason: unknown) => {
        setError(reason);
        setBusy(false);
      },
    );
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t.form.deleteTitle(name)}
      confirm={confirm}
      busy={busy}
      error={error === null ? null : errorMessage(error)}
      onConfirm={remove}
    >
      {children}
    </ConfirmDialog>
  );
}
