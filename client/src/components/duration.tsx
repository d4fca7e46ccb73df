import { useNow } from '@/hooks/use-now';
import { cn } from '@/lib/cn';
import { preferences } from '@/lib/preferences';
import { formatDuration, formatExactDuration } from '@/lib/time/format';
import { toMillis, type Timestamp } from '@/lib/time/zoned';

/** A length of time; its seconds, where they are shown, step back so that hours and minutes are read first. */
export function Duration({
  seconds,
  exact = seconds,
  className,
}: {
  seconds: number;
  /** The true length, where what is shown is a part of a rounded total. */
  exact?: number;
  className?: string;
}) {
  const text = formatDuration(seconds);
  const hasSeconds = preferences().duration === 'seconds';
  return (
    <span
      className={cn('whitespace-nowrap tabular', className)}
      title={hasSeconds ? undefined : formatExactDuration(exact)}
    >
      {hasSeconds ? text.slice(0, -3) : text}
      {hasSeconds && <span className="text-[0.85em] font-normal">{text.slice(-3)}</span>}
    </span>
  );
}

/** The time since an instant, every second, derived anew from the clock. */
export function Elapsed({ since, className }: { since: Timestamp; className?: string }) {
  const now = useNow();
  return (
    <span className={cn('whitespace-nowrap tabular', className)}>
      {formatExactDuration((now - toMillis(since)) / 1000)}
    </span>
  );
}
