import type { ErrorComponentProps } from '@tanstack/react-router';
import { ErrorState } from '@/components/states';

/** A page that broke: the rest of the application goes on. */
export function Crash({ error, reset }: ErrorComponentProps) {
  return <ErrorState title="Something went wrong on this page" error={error} onRetry={reset} />;
}
