import { isApiError } from '@/api/errors';
import { FormError } from '@/components/ui/form-dialog';
import { formatWait } from '@/hooks/use-wait';
import { t } from '@/messages/account';

/** Why an attempt failed, where that belongs to no field, and how long the next one has to wait. */
export function AttemptError({ error, wait }: { error: unknown; wait: number }) {
  // When the time is over the next attempt may begin, and nothing has to be said.
  if (isApiError(error, 'too_many_attempts') && wait === 0 && error.retryAfter !== null) return null;
  return (
    <FormError error={error}>
      {wait > 0 && (
        // Read once, not with each second.
        <span aria-live="off" className="tabular">
          {' '}
          {t.auth.wait(formatWait(wait))}
        </span>
      )}
    </FormError>
  );
}
