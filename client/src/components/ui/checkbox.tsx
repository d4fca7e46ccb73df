import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import { cn } from '@/lib/cn';

interface CheckboxProps {
  checked: boolean;
  indeterminate?: boolean;
  onCheckedChange: (checked: boolean, shift: boolean) => void;
  label?: string;
  id?: string;
  className?: string;
}

export function Checkbox({
  checked,
  indeterminate = false,
  onCheckedChange,
  label,
  id,
  className,
}: CheckboxProps) {
  return (
    <Base.Root
      id={id}
      checked={checked}
      indeterminate={indeterminate}
      onCheckedChange={(value, details) =>
        onCheckedChange(value, 'shiftKey' in details.event && details.event.shiftKey === true)
      }
      aria-label={label}
      className={cn(
        'relative flex size-4.5 shrink-0 items-center justify-center rounded-[5px] border border-input bg-surface text-primary-foreground after:absolute after:-inset-2.5 data-checked:border-primary data-checked:bg-primary data-indeterminate:border-primary data-indeterminate:bg-primary',
        className,
      )}
    >
      <Base.Indicator className="flex data-unchecked:hidden">
        {indeterminate ? (
          <Minus className="size-3.5" strokeWidth={3} />
        ) : (
          <Check className="size-3.5" strokeWidth={3} />
        )}
      </Base.Indicator>
    </Base.Root>
  );
}
