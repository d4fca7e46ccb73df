import { cn } from '@/lib/cn';

/** Stands for what is still loading; its surroundings carry the `role="status"`. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn('skeleton', className)} />;
}

/** Rows of a list that is loading. */
export function SkeletonRows({ rows = 5, label }: { rows?: number; label: string }) {
  return (
    <div
      role="status"
      aria-label={label}
      className="divide-y overflow-hidden rounded-xl border bg-surface shadow-card"
    >
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex items-center gap-4 px-4 py-4">
          <Skeleton className="size-3 rounded-full" />
          <Skeleton className={cn('h-4', ['w-1/3', 'w-1/2', 'w-2/5', 'w-1/4'][row % 4])} />
          <Skeleton className="ml-auto h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
