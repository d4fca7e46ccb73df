import { useLayoutEffect, useRef, useState, type RefObject } from 'react';

/** How far below the top of the page a list begins, in pixels, for a list of which only what is in view is drawn. */
export function useScrollMargin<E extends HTMLElement>(): [RefObject<E | null>, number] {
  const list = useRef<E>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const measure = () => setScrollMargin(element.getBoundingClientRect().top + window.scrollY);
    measure();
    // What stands above, such as filters and notices, comes and goes.
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, []);
  return [list, scrollMargin];
}
