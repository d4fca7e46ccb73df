import { Check, Minus } from 'lucide-react';
import { cn } from '@/lib/cn';

interface CheckboxProps {
  checked: boolean;
  indeterminate?: boolean;
  onCheckedChange: (checked: boolean, shift: boolean) => void;
  label: string;
  className?: string;
  tabIndex?: number;
}

export function Checkbox({
  checked,
  indeterminate = false,
  onCheckedChange,
  label,
  className,
  tabIndex,
}: CheckboxProps) {
  return (
    <span className={cn('checkbox', className)}>
      <input
        type="checkbox"
        aria-label={label}
        tabIndex={tabIndex}
        checked={checked}
        ref={(input) => {
          if (input) input.indeterminate = indeterminate;
        }}
        onChange={(event) => {
          const { nativeEvent } = event;
          onCheckedChange(
            event.currentTarget.checked,
            'shiftKey' in nativeEvent && nativeEvent.shiftKey === true,
          );
        }}
        className="peer size-4.5 cursor-pointer appearance-none rounded-[5px] border border-input bg-surface after:absolute after:-inset-2.5 checked:border-primary checked:bg-primary indeterminate:border-primary indeterminate:bg-primary"
      />
      <span
        aria-hidden
        className="pointer-events-none absolute inset-0 hidden items-center justify-center text-primary-foreground peer-checked:flex peer-indeterminate:flex"
      >
        {indeterminate ? (
          <Minus className="size-3.5" strokeWidth={3} />
        ) : (
          <Check className="size-3.5" strokeWidth={3} />
        )}
      </span>
    </span>
  );
}
