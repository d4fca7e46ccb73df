import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { NextPage } from '@/components/older-entries';
import { ErrorState } from '@/components/states';
import { SkeletonRows } from '@/components/ui/skeleton';

/** A page of a list, and where the next one begins. */
export interface ListPage<Row> {
  rows: Row[];
  nextCursor: string | null;
}

interface PagedListProps<Row> {
  list: UseInfiniteQueryResult<InfiniteData<ListPage<Row>>>;
  /** What the list is, for those who do not see it. */
  label: string;
  /** Said while the first page is on its way, which has about so many rows. */
  loading: string;
  placeholders: number;
  /** Said instead of an empty list. */
  empty: string;
  /** The button for the next page. */
  more: string;
  children: (row: Row) => ReactNode;
}

/** A list that is read in pages: its rows, that there are none, that it loads or has failed, and the button for more. */
export function PagedList<Row>(props: PagedListProps<Row>) {
  const { list, label, loading, placeholders, empty, more, children } = props;
  const rows = list.data?.pages.flatMap((page) => page.rows);
  return (
    <div className="mt-2">
      {rows ? (
        rows.length === 0 ? (
          <p role="status" className="py-3 text-sm text-muted-foreground">
            {empty}
          </p>
        ) : (
          <ul aria-label={label} className="divide-y">
            {rows.map(children)}
          </ul>
        )
      ) : list.isError ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : (
        <SkeletonRows rows={placeholders} label={loading} />
      )}
      <NextPage list={list} label={more} />
    </div>
  );
}
