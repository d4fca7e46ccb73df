import { Popover as Base } from '@base-ui/react/popover';
import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';
import { focusAfter, type PanelProps } from './popup';

interface PopoverPanelProps extends PanelProps {
  title: string;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  className?: string;
}

/** What opens at the button of a popover. */
export function PopoverPanel({
  id,
  anchor,
  title,
  children,
  align = 'start',
  className,
  ...state
}: PopoverPanelProps) {
  return (
    <Base.Root {...state}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} sideOffset={6} align={align} collisionPadding={8} className="z-50">
          <Base.Popup
            id={id}
            finalFocus={focusAfter({ id, anchor })}
            className={cn('popover', className)}
            aria-label={title}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
