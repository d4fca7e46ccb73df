import { useState, type ReactNode } from 'react';
import { errorMessage, isApiError } from '@/api/errors';
import { ConfirmDialog } from './ui/confirm-dialog';

interface DeleteDialogProps {
  name: string;
  /** What the button says. */
  confirm: string;
  onDelete: () => Promise<unknown>;
  onClose: () => void;
  onDeleted?: () => void;
  /** What is said of a refusal, by its code, when the server knows less than the page. */
  refusals?: Partial<Record<string, string>>;
  children: ReactNode;
}

/** Asks before something is deleted for good, and says why it was refused when it was. */
export function DeleteDialog({
  name,
  confirm,
  onDelete,
  onClose,
  onDeleted,
  refusals = {},
  children,
}: DeleteDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const refusal = isApiError(error) ? refusals[error.code] : undefined;
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
      title={`Delete ${name}?`}
      confirm={confirm}
      busy={busy}
      error={error === null ? null : (refusal ?? errorMessage(error))}
      onConfirm={remove}
    >
      {children}
    </ConfirmDialog>
  );
}
