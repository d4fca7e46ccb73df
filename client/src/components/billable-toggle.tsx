import { DollarSign } from 'lucide-react';
import { cn } from '@/lib/cn';
import { Tooltip } from './ui/tooltip';
import { t } from '@/messages/first';

interface BillableToggleProps {
  value: boolean;
  onChange: (billable: boolean) => void;
  className?: string;
  tabIndex?: number;
}

export function BillableToggle({ value, onChange, className, tabIndex }: BillableToggleProps) {
  return (
    <Tooltip content={value ? t.entry.billable : t.entry.notBillable}>
      <button
        type="button"
        aria-label={t.entry.billable}
        tabIndex={tabIndex}
        aria-pressed={value}
        onClick={() => onChange(!value)}
        className={cn('icon-toggle', value ? 'text-primary' : 'text-muted-foreground/80', className)}
      >
        <DollarSign aria-hidden className="size-4" strokeWidth={value ? 2.75 : 2} />
      </button>
    </Tooltip>
  );
}
