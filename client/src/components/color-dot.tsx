import { cn } from '@/lib/cn';

/** The colour of a project or category. It decorates a name and says nothing alone. */
export function ColorDot({ color, className }: { color: string; className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 10 10" className={cn('size-2.5 shrink-0', className)}>
      <circle cx="5" cy="5" r="5" fill={color} />
    </svg>
  );
}
