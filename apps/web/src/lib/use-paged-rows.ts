import type { Page } from '@behalf/domain';
import { keepPreviousData, type QueryKey, useQuery, type UseQueryOptions } from '@tanstack/react-query';
import { useState } from 'react';

/** A list of which one page is held and shown; the way back is the cursors that led here. */
export function usePagedRows<T, Key extends QueryKey>(page: (cursor: string | undefined) => UseQueryOptions<Page<T>, Error, Page<T>, Key>) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const list = useQuery({ ...page(cursors.at(-1)), placeholderData: keepPreviousData });
  const { data } = list;
  // The last row of the last page is gone.
  if (data?.items.length === 0 && !list.isPlaceholderData && cursors.length) setCursors(cursors.slice(0, -1));
  return {
    /** Undefined until the first ones are there. */
    rows: data?.items,
    total: data && { total: data.total, total_is_capped: data.total_is_capped },
    /** Why there are none at all. */
    error: data ? null : list.error,
    retry: () => void list.refetch(),
    /** Counted from 0. */
    page: cursors.length,
    /** The rows still are the page before. */
    isStale: list.isPlaceholderData,
    previous: cursors.length ? () => setCursors(cursors.slice(0, -1)) : null,
    next: data?.next_cursor ? () => setCursors([...cursors, data.next_cursor!]) : null,
    /** To the first page, for another order. */
    restart: () => setCursors([]),
  };
}

export type PagedRows<T> = Omit<ReturnType<typeof usePagedRows<T, QueryKey>>, 'rows'> & { readonly rows: T[] | undefined };
