/**
 * Rows that are dragged by a handle, with a mouse, a pen or a finger alike: pointer events, because the drag and drop of HTML does
 * nothing under most fingers.
 */
import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent, type RefObject } from 'react';

export type Part = 'before' | 'inside' | 'after';

interface Over {
  id: string;
  part: Part;
}

/** Nearer than that to the edge of the window, the page scrolls. */
const EDGE_PX = 64;
const SCROLL_PX = 14;

/** The row of a list under a point, and which part of it: a quarter at each border is between two rows. */
function rowAt(list: HTMLElement | null, y: number): Over | null {
  for (const row of list?.querySelectorAll<HTMLElement>('[data-row]') ?? []) {
    const { top, bottom, height } = row.getBoundingClientRect();
    if (y < top || y > bottom) continue;
    const share = (y - top) / height;
    return { id: row.dataset.row ?? '', part: share < 0.25 ? 'before' : share > 0.75 ? 'after' : 'inside' };
  }
  return null;
}

/** `plan` says what dropping a row there would do; null where it may not go. */
export function useDragRows(
  list: RefObject<HTMLElement | null>,
  plan: (id: string, over: string, part: Part) => (() => void) | null,
) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [over, setOver] = useState<Over | null>(null);
  const y = useRef(0);

  // What is dragged to the edge scrolls the page along.
  useEffect(() => {
    if (dragged === null) return;
    const timer = setInterval(() => {
      if (y.current < EDGE_PX) window.scrollBy(0, -SCROLL_PX);
      else if (y.current > window.innerHeight - EDGE_PX) window.scrollBy(0, SCROLL_PX);
    }, 16);
    const cancel = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setDragged(null);
      setOver(null);
    };
    window.addEventListener('keydown', cancel);
    return () => {
      clearInterval(timer);
      window.removeEventListener('keydown', cancel);
    };
  }, [dragged]);

  const end = () => {
    setDragged(null);
    setOver(null);
  };
  return {
    dragged,
    over,
    handle: (id: string) => ({
      onPointerDown: (event: ReactPointerEvent<HTMLElement>) => {
        if (event.button !== 0) return;
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        y.current = event.clientY;
        setDragged(id);
      },
      onPointerMove: (event: ReactPointerEvent<HTMLElement>) => {
        if (dragged !== id) return;
        y.current = event.clientY;
        const found = rowAt(list.current, event.clientY);
        setOver(found && plan(id, found.id, found.part) ? found : null);
      },
      // Where it is dropped, not where it was when last drawn: a busy browser draws after the drop.
      onPointerUp: (event: ReactPointerEvent<HTMLElement>) => {
        const found = dragged === id ? rowAt(list.current, event.clientY) : null;
        if (found) plan(id, found.id, found.part)?.();
        end();
      },
      onPointerCancel: end,
    }),
  };
}
