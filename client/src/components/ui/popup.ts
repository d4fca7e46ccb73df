import { useId, useRef, useState, type KeyboardEvent, type ReactElement, type RefObject } from 'react';
import { useDeferred, type Deferred } from '@/lib/deferred';
import { useElement } from '@/hooks/use-element';

/** What a popup of the library tells when it opens or closes. */
interface ChangeDetails {
  event: Event;
}

export interface PanelProps {
  id: string;
  anchor: RefObject<HTMLElement | null>;
  open: boolean;
  onOpenChange: (open: boolean, details: ChangeDetails) => void;
  onOpenChangeComplete: (open: boolean) => void;
}

/** Where the focus goes when a panel is gone: back to its button, unless the focus has moved on. */
export function focusAfter({ id, anchor }: Pick<PanelProps, 'id' | 'anchor'>): () => HTMLElement | false {
  return () => {
    const active = document.activeElement;
    const isElsewhere =
      active !== null && active !== document.body && !document.getElementById(id)?.contains(active);
    return isElsewhere ? false : (anchor.current ?? false);
  };
}

/**
 * A button and what opens at it. The button is ours and light, for there are hundreds of them; the panel is mounted while it is open,
 * from a part that is loaded after the page.
 */
export function usePopup<T>(
  kind: 'dialog' | 'menu' | 'combobox',
  part: Deferred<T>,
  trigger: ReactElement,
  controlled?: boolean,
  onOpenChange?: (open: boolean) => void,
) {
  const id = useId();
  const anchor = useRef<HTMLElement>(null);
  const [own, setOwn] = useState(false);
  /** Open, or closing still. */
  const [mounted, setMounted] = useState(false);
  const open = controlled ?? own;
  if (open && !mounted) setMounted(true);

  const set = (next: boolean) => {
    setOwn(next);
    onOpenChange?.(next);
  };
  const panel: PanelProps = {
    id,
    anchor,
    open,
    onOpenChange: (next, { event }) => {
      const to = event instanceof FocusEvent ? event.relatedTarget : event.target;
      // The button itself closes it: closed here already, its click would open it again.
      if (!next && event.type !== 'keydown' && to instanceof Node && anchor.current?.contains(to)) return;
      set(next);
    },
    onOpenChangeComplete: (next) => {
      if (!next) setMounted(false);
    },
  };
  const loaded = useDeferred(part, open || mounted);
  const button = useElement(trigger, anchor, {
    ...(kind === 'combobox'
      ? { role: 'combobox', 'aria-haspopup': 'dialog' as const }
      : { 'aria-haspopup': kind }),
    'aria-expanded': open,
    'aria-controls': open ? id : undefined,
    onClick: () => set(!open),
    onKeyDown: (event: KeyboardEvent) => {
      if (kind === 'dialog' || open || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return;
      event.preventDefault();
      set(true);
    },
  });
  return { button, loaded, panel };
}
