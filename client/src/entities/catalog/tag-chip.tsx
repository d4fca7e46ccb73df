import type { Tag } from '@/api/types';
import { cn } from '@/lib/cn';

export function TagChip({ tag, className }: { tag: Tag; className?: string }) {
  return (
    <span className={cn('tag-chip', className)}>
      <bdi className="truncate">{tag.name}</bdi>
    </span>
  );
}
