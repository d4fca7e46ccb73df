import { useState, type ReactNode } from 'react';
import { errorMessage } from '@/api/errors';
import { ConfirmDialog } from './ui/confirm-dialog';

interface ConfirmActionProps {
  title: string;
  confirm: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
  onDone?: (() => void) | undefined;
  /** What is asked about harms nothing. */
  harmless?: boolean;
  /** What follows from it. */
  children: ReactNode;
}

/** Says what follows before something is done that has consequences, and why it was refused when it was. */
export function ConfirmAction({
  title,
  confirm,
  onConfirm,
  onClose,
  onDone,
  harmless = false,
  children,
}: ConfirmActionProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const act = () => {
    setBusy(true);
    setError(null);
    onConfirm().then(
      () => {
        onClose();
        onDone?.();
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
      title={title}
      confirm={confirm}
      busy={busy}
      harmless={harmless}
      error={error === null ? null : errorMessage(error)}
      onConfirm={act}
    >
      {children}
    </ConfirmDialog>
  );
}
