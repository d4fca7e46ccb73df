import { useNow } from '@/hooks/use-now';
import { cn } from '@/lib/cn';
import { formatDuration } from '@/lib/time/format';
import { toMillis, type Timestamp } from '@/lib/time/zoned';

/** A length of time; the seconds step back so that hours and minutes are read first. */
export function Duration({ seconds, className }: { seconds: number; className?: string }) {
  const text = formatDuration(seconds);
  return (
    <span className={cn('whitespace-nowrap tabular', className)}>
      {text.slice(0, -3)}
      <span className="text-[0.85em] font-normal">{text.slice(-3)}</span>
    </span>
  );
}

/** The time since an instant, every second, derived anew from the clock. */
export function Elapsed({ since, className }: { since: Timestamp; className?: string }) {
  const now = useNow();
  return (
    <span className={cn('whitespace-nowrap tabular', className)}>
      {formatDuration((now - toMillis(since)) / 1000)}
    </span>
  );
}
