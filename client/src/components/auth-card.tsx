import type { ReactNode } from 'react';
import { basePath } from '@/base-path';
import { usePageTitle } from '@/hooks/use-page-title';
import { t } from '@/messages/account';

interface AuthCardProps {
  title: string;
  hint?: ReactNode;
  /** It tells how something ended: its heading takes the focus, so that screen readers tell it. */
  isOutcome?: boolean;
  children: ReactNode;
  /** Below the card: the way to another page. */
  foot?: ReactNode;
}

/** A page outside of the application: one thing to do, in the middle of the screen. */
export function AuthCard({ title, hint, isOutcome = false, children, foot }: AuthCardProps) {
  usePageTitle(title);
  return (
    <main className="flex min-h-dvh flex-col items-center px-4 py-10 sm:justify-center sm:py-16">
      <div className="flex items-center gap-2.5 text-lg font-semibold tracking-tight">
        <img src={`${basePath}/favicon.svg`} alt="" className="size-8" />
        {t.app.name}
      </div>
      <div className="mt-6 w-full max-w-sm rounded-2xl border bg-surface p-5 shadow-card sm:p-7">
        <h1
          ref={isOutcome ? takeFocus : null}
          tabIndex={-1}
          className="text-xl font-semibold tracking-tight outline-none"
        >
          {title}
        </h1>
        {hint && <div className="mt-1.5 text-sm text-muted-foreground">{hint}</div>}
        <div className="mt-5">{children}</div>
      </div>
      {foot && <div className="mt-5 text-center text-sm">{foot}</div>}
    </main>
  );
}

/** The ref of the first field of a page: typing can begin at once. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus({ preventScroll: true });
}

/** A link within a sentence or below a form. */
export const textLink =
  'rounded font-medium text-accent-foreground underline decoration-accent-foreground/40 underline-offset-3 hover:decoration-current';
