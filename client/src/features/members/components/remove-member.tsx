import { useState, type ReactNode } from 'react';
import { errorMessage } from '@/api/errors';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';

interface RemoveMemberProps {
  title: string;
  confirm: string;
  onRemove: () => Promise<unknown>;
  onClose: () => void;
  onRemoved: () => void;
  /** What follows from it. */
  children: ReactNode;
}

/** Says what follows before a membership ends, and why it was refused when it was. */
export function RemoveMember({ title, confirm, onRemove, onClose, onRemoved, children }: RemoveMemberProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const remove = () => {
    setBusy(true);
    setError(null);
    onRemove().then(
      () => {
        onClose();
        onRemoved();
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
      error={error === null ? null : errorMessage(error)}
      onConfirm={remove}
    >
      {children}
    </ConfirmDialog>
  );
}
