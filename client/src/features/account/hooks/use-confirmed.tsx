import { useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { isApiError, PageError } from '@/api/errors';
import { ConfirmIdentity } from '../components/confirm-identity';
import { t } from '@/messages/account';

/** Sends a sensitive change; when the server asks who the user is, after they have shown it once more. */
export type Confirmed = <T>(send: () => Promise<T>) => Promise<T>;

/** What asks for the password is drawn within the form that needs it, so that it opens above a dialog. */
export function useConfirmed(): { confirmed: Confirmed; question: ReactNode } {
  const client = useQueryClient();
  const [asking, setAsking] = useState<{ done: () => void; give: () => void } | null>(null);
  const confirmed: Confirmed = async (send) => {
    try {
      return await send();
    } catch (error) {
      if (!isApiError(error, 'recent_sign_in_required')) throw error;
    }
    await new Promise<void>((resolve, reject) => {
      setAsking({ done: resolve, give: () => reject(new PageError(t.confirmIdentity.cancelled)) });
    });
    return send();
  };
  const close = (end: 'done' | 'give') => {
    asking?.[end]();
    setAsking(null);
  };
  return {
    confirmed,
    question: asking && (
      <ConfirmIdentity client={client} onDone={() => close('done')} onCancel={() => close('give')} />
    ),
  };
}
