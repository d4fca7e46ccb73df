import { useRender } from '@base-ui/react/use-render';
import type { ReactElement, ReactNode } from 'react';
import { deferred, useDeferred } from '@/lib/deferred';
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
  const popup = usePopup('dialog', open, onOpenChange);
  const loaded = useDeferred(part, popup.needed);
  const button = useRender({ render: trigger, ref: popup.anchor, props: popup.trigger });
  return (
    <>
      {button}
      {loaded && <loaded.PopoverPanel {...props} {...popup.panel} />}
    </>
  );
}
