import { deferred, useDeferred } from '@/lib/deferred';

const part = deferred(() => import('@/components/shell/not-found-page'));

/** A path that no page has. */
export function NotFound() {
  const loaded = useDeferred(part, true);
  return loaded && <loaded.NotFoundPage />;
}
