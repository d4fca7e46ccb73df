import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

interface ButtonLooks {
  variant?: 'primary' | 'outline' | 'ghost' | 'subtle' | 'danger';
  size?: 'md' | 'sm' | 'lg' | 'icon-sm';
}

/** The looks of a button, for links that are to look like one. */
export function buttonVariants({ variant = 'outline', size = 'md' }: ButtonLooks = {}): string {
  return `btn btn-${variant} btn-${size}`;
}

type ButtonProps = ComponentProps<'button'> & ButtonLooks;

export function Button({ className, variant, size, type = 'button', ...props }: ButtonProps) {
  const looks = { ...(variant ? { variant } : {}), ...(size ? { size } : {}) };
  return <button type={type} className={cn(buttonVariants(looks), className)} {...props} />;
}
