import type { ReactElement, ReactNode } from 'react';
import { deferred } from '@/lib/deferred';
import { usePopup } from './popup';

const part = deferred(() => import('./popover-panel'));

interface PopoverProps {
  trigger: ReactElement;
  title: string;
  children: ReactNode;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  align?: 'start' | 'center' | 'end';
  className?: string;
}

/** A small panel at a button; `title` is read to screen readers. */
export function Popover({ trigger, open, onOpenChange, ...props }: PopoverProps) {
  const { button, loaded, panel } = usePopup('dialog', part, trigger, open, onOpenChange);
  return (
    <>
      {button}
      {loaded && <loaded.PopoverPanel {...props} {...panel} />}
    </>
  );
}
