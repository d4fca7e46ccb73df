import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '@/components/states';
import { t } from '@/messages/first';

/** A page that broke: the rest of the application goes on. */
export function Crash({ error, reset }: ErrorComponentProps) {
  return <ErrorState title={t.state.crashed} error={error} onRetry={reset} />;
}
