import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo } from 'react';
import type { pages } from './resources.js';

/**
 * A list as a table shows it; another filter or order keeps the rows until the new ones are there. What was clicked is painted first, and the
 * rows, of which many may have come, are drawn after it.
 */
export function useRows<T>(options: ReturnType<typeof pages<T>>) {
  const list = useInfiniteQuery({ ...options, placeholderData: keepPreviousData });
  const data = useDeferredValue(list.data);
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items), [data]);
  const first = data?.pages[0];
  return {
    /** Undefined until the first ones are there. */
    rows,
    total: first && { total: first.total, total_is_capped: first.total_is_capped },
    /** Why there are none at all. */
    error: data ? null : list.error,
    /** Why those that are there are not newer, or not more. */
    staleError: data ? list.error : null,
    retry: () => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch()),
    refetch: () => void list.refetch(),
    hasMore: Boolean(data?.pages.at(-1)?.next_cursor),
    /** Until they are drawn. */
    isLoadingMore: list.isFetchingNextPage || data?.pages.length !== list.data?.pages.length,
    loadMore: () => void list.fetchNextPage(),
    /** The rows still answer an earlier question. */
    isStale: list.isPlaceholderData || data !== list.data,
  };
}

export type Rows<T> = ReturnType<typeof useRows<T>>;
