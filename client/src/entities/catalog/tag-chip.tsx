import type { Tag } from '@/api/types';
import { cn } from '@/lib/cn';

export function TagChip({ tag, className }: { tag: Tag; className?: string }) {
  return (
    <span
      className={cn(
        'inline-flex max-w-40 items-center rounded-md bg-muted px-1.5 py-0.5 text-xs font-medium text-muted-foreground',
        className,
      )}
    >
      <span className="truncate">{tag.name}</span>
    </span>
  );
}
