import { useEffect, useEffectEvent, useRef } from 'react';
import { Button } from '@/components/ui/button';
import { t } from '@/messages/first';

/** Older entries are asked for before the end of the list is in view. */
const AHEAD = '800px';

/** Brings older entries when the end of the list comes near, and by a button. */
export function OlderEntries({ isLoading, onLoad }: { isLoading: boolean; onLoad: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const load = useEffectEvent(() => {
    if (!isLoading) onLoad();
  });
  useEffect(() => {
    if (isLoading || !end.current || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting && window.scrollY > 0) load();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [isLoading]);
  return (
    <div ref={end} className="mt-2 flex justify-center">
      <Button disabled={isLoading} onClick={onLoad}>
        {isLoading ? t.list.loadingMore : t.list.older}
      </Button>
    </div>
  );
}
