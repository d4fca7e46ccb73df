import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { deferred, useDeferred } from '@/lib/deferred';
import { useElement } from '@/hooks/use-element';

const part = deferred(() => import('./tooltip-bubble'));
const DELAY_MS = 500;

/** Says what a button of a picture does; the button needs its own `aria-label`. */
export function Tooltip({ content, children }: { content: ReactNode; children: ReactElement }) {
  const anchor = useRef<HTMLElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [open, setOpen] = useState(false);
  const loaded = useDeferred(part, open);
  const hide = () => {
    clearTimeout(timer.current);
    setOpen(false);
  };
  useEffect(() => () => clearTimeout(timer.current), []);

  const button = useElement(children, anchor, {
    onPointerEnter: (event: React.PointerEvent) => {
      if (event.pointerType !== 'mouse') return;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => setOpen(true), DELAY_MS);
    },
    onPointerLeave: hide,
    onPointerDown: hide,
    onFocus: (event: React.FocusEvent) => {
      if (event.currentTarget.matches(':focus-visible')) setOpen(true);
    },
    onBlur: hide,
    onKeyDown: hide,
  });
  return (
    <>
      {button}
      {loaded && (
        <loaded.TooltipBubble anchor={anchor} onClose={hide}>
          {content}
        </loaded.TooltipBubble>
      )}
    </>
  );
}

/** A key of the keyboard. */
export function Kbd({ children }: { children: ReactNode }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded border border-current/25 px-1 text-[0.6875rem] font-medium">
      {children}
    </kbd>
  );
}
