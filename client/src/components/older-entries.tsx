import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef } from 'react';
import { errorMessage } from '@/api/errors';
import { Button } from '@/components/ui/button';
import { t } from '@/messages/first';

/** Older entries are asked for before the end of the list is in view. */
const AHEAD = '800px';

interface NextPageProps {
  list: Pick<
    UseInfiniteQueryResult,
    'hasNextPage' | 'isFetchingNextPage' | 'isError' | 'error' | 'fetchNextPage'
  >;
  /** What the button says; it brings older entries when absent. */
  label?: string;
}

/** The button for the next page of a list, when there is one, and why that could not be loaded. */
export function NextPage({ list, label = t.list.older }: NextPageProps) {
  const isLoading = list.isFetchingNextPage;
  const failed = list.isError && !isLoading;
  return (
    list.hasNextPage && (
      <div className="mt-2 flex flex-wrap items-center justify-center gap-2">
        {failed && (
          <p role="alert" className="text-sm text-danger">
            {errorMessage(list.error)}
          </p>
        )}
        <Button disabled={isLoading} onClick={() => void list.fetchNextPage()}>
          {isLoading ? t.list.loadingMore : failed ? t.action.retry : label}
        </Button>
      </div>
    )
  );
}

/** Brings older entries when the end of the list comes near, and by a button; after an error by the button alone. */
export function OlderEntries({ list }: Pick<NextPageProps, 'list'>) {
  const end = useRef<HTMLDivElement>(null);
  const load = useEffectEvent(() => void list.fetchNextPage());
  const waits = list.hasNextPage && !list.isFetchingNextPage && !list.isError;
  useEffect(() => {
    if (!waits || !end.current || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting && window.scrollY > 0) load();
      },
      { rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [waits]);
  return (
    <div ref={end}>
      <NextPage list={list} />
    </div>
  );
}
