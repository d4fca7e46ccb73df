import { CircleAlert, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError, errorMessage, mayPass, needsReload } from '@/api/errors';
import { ReloadButton } from './reload-button';
import { Button } from './ui/button';
import { t } from '@/messages/first';

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** Nothing is here, and what to do next. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center rounded-2xl border border-dashed px-6 py-14 text-center">
      <div className="flex size-12 items-center justify-center rounded-2xl bg-accent text-accent-foreground [&_svg]:size-6">
        {icon}
      </div>
      <h2 className="mt-4 font-semibold">{title}</h2>
      <div className="mt-1.5 max-w-sm text-sm text-balance text-muted-foreground">{children}</div>
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** Loading failed, with another attempt on offer. */
export function ErrorState({
  title = t.state.failed,
  error,
  onRetry,
}: {
  title?: string;
  error: unknown;
  onRetry: () => void;
}) {
  return (
    <div
      role="alert"
      className="flex flex-col items-center rounded-2xl border bg-surface px-6 py-12 text-center"
    >
      <CircleAlert aria-hidden className="size-8 text-danger" />
      <h2 className="mt-3 font-semibold">{title}</h2>
      <p className="mt-1 max-w-md text-sm text-muted-foreground">{errorMessage(error)}</p>
      {mayPass(error) && !needsReload(error) && (
        <p className="mt-1 text-sm text-muted-foreground">{t.state.retrying}</p>
      )}
      {error instanceof ApiError && error.requestId && (
        <p className="mt-1 text-xs text-muted-foreground">{t.state.errorId(error.requestId)}</p>
      )}
      {needsReload(error) ? (
        <ReloadButton className="mt-5" />
      ) : (
        <Button className="mt-5" onClick={onRetry}>
          <RotateCw aria-hidden /> {t.action.retry}
        </Button>
      )}
    </div>
  );
}
