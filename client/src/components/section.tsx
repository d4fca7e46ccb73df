import type { ReactNode } from 'react';

interface SectionProps {
  /** Unique on the page. */
  id: string;
  title: string;
  hint?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
}

/** A card of the page. */
export function Section({ id, title, hint, action, children }: SectionProps) {
  return (
    <section aria-labelledby={id} className="rounded-xl border bg-surface p-4 shadow-card sm:p-5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h2 id={id} className="font-semibold">
            {title}
          </h2>
          {hint && <p className="mt-1 text-[0.8125rem] text-muted-foreground">{hint}</p>}
        </div>
        {action}
      </div>
      {children}
    </section>
  );
}
