import { onlineManager } from '@tanstack/react-query';
import { toast } from '@/components/ui/toast';

interface Finish {
  onClose: () => void;
  onSuccess?: () => void;
  /** It was refused while the dialog is still there to say so. */
  onError: (error: unknown) => void;
  /** What is said when it was refused after the dialog had closed. */
  refused: string;
}

/** Closes a dialog when what it sent has arrived; without a connection at once, for it may take long. */
export function finishDialog(sent: Promise<unknown>, { onClose, onSuccess, onError, refused }: Finish): void {
  const waits = !onlineManager.isOnline();
  if (waits) onClose();
  sent.then(
    () => {
      if (!waits) onClose();
      onSuccess?.();
    },
    (error: unknown) => {
      if (waits) toast.error(error, { title: refused });
      else onError(error);
    },
  );
}
