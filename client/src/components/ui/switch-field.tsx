import { cn } from '@/lib/cn';
import { Switch } from './switch';

interface SwitchFieldProps {
  /** Unique on the page. */
  id: string;
  label: string;
  /** What it means, below the label. */
  hint?: string;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  className?: string;
}

/** A switch at the end of a line that says what it is for. */
export function SwitchField({ id, label, hint, checked, onCheckedChange, className }: SwitchFieldProps) {
  return (
    <label
      htmlFor={id}
      className={cn('flex items-center justify-between gap-4 text-sm font-medium', className)}
    >
      <span>
        {label}
        {hint && <span className="block text-[0.8125rem] font-normal text-muted-foreground">{hint}</span>}
      </span>
      <Switch id={id} checked={checked} onCheckedChange={onCheckedChange} />
    </label>
  );
}
