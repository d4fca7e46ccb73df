import { cn } from '@/lib/cn';

/** The colour of a project or category. It decorates a name and says nothing alone. */
export function ColorDot({ color, className }: { color: string; className?: string }) {
  return (
    <svg aria-hidden viewBox="0 0 10 10" className={cn('color-dot', className)}>
      <circle cx="5" cy="5" r="5" fill={color} />
    </svg>
  );
}
