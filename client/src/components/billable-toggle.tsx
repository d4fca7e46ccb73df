import { DollarSign } from 'lucide-react';
import { cn } from '@/lib/cn';
import { Tooltip } from './ui/tooltip';

interface BillableToggleProps {
  value: boolean;
  onChange: (billable: boolean) => void;
  className?: string;
}

export function BillableToggle({ value, onChange, className }: BillableToggleProps) {
  return (
    <Tooltip content={value ? 'Billable' : 'Not billable'}>
      <button
        type="button"
        aria-label="Billable"
        aria-pressed={value}
        onClick={() => onChange(!value)}
        className={cn(
          'flex size-8 shrink-0 items-center justify-center rounded-lg transition-colors hover:bg-muted',
          value ? 'text-primary' : 'text-muted-foreground/80',
          className,
        )}
      >
        <DollarSign aria-hidden className="size-4" strokeWidth={value ? 2.75 : 2} />
      </button>
    </Tooltip>
  );
}
