import type { ReactNode } from 'react';
import { ConfirmAction } from './confirm-action';
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

/** Asks before something is deleted for good. */
export function DeleteDialog({ name, confirm, onDelete, onClose, onDeleted, children }: DeleteDialogProps) {
  return (
    <ConfirmAction
      title={t.form.deleteTitle(name)}
      confirm={confirm}
      onConfirm={onDelete}
      onClose={onClose}
      onDone={onDeleted}
    >
      {children}
    </ConfirmAction>
  );
}
