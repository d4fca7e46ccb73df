import { ChevronDown } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

const field =
  'border-input bg-surface placeholder:text-muted-foreground aria-invalid:border-danger w-full rounded-lg border px-3 text-base sm:text-sm transition-colors focus-visible:border-ring focus-visible:outline-ring/40 focus-visible:outline-3 focus-visible:outline-offset-0 disabled:opacity-60';

export function Input({ className, type = 'text', ...props }: ComponentProps<'input'>) {
  return <input type={type} className={cn(field, 'h-9', className)} {...props} />;
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cn(field, 'min-h-16 py-2', className)} {...props} />;
}

export function NativeSelect({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <span className="inline-grid min-w-0 items-center">
      <select
        className={cn(field, 'col-start-1 row-start-1 h-9 appearance-none truncate pr-8', className)}
        {...props}
      >
        {children}
      </select>
      <ChevronDown
        aria-hidden
        className="pointer-events-none col-start-1 row-start-1 mr-2.5 size-4 justify-self-end text-muted-foreground"
      />
    </span>
  );
}
