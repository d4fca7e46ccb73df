import type { ReactNode } from 'react';

export function PageHeader({
  title,
  children,
  above,
}: {
  title: ReactNode;
  children?: ReactNode;
  above?: ReactNode;
}) {
  return (
    <header className="mb-5 flex flex-wrap items-end justify-between gap-3">
      <div className="min-w-0">
        {above}
        <h1 className="truncate text-xl font-semibold tracking-tight">{title}</h1>
      </div>
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </header>
  );
}
