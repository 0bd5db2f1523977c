import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { pages } from './resources.js';

/** A list as a table shows it; another filter or order keeps the rows until the new ones are there. */
export function useRows<T>(options: ReturnType<typeof pages<T>>) {
  const list = useInfiniteQuery({ ...options, placeholderData: keepPreviousData });
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items), [list.data]);
  const first = list.data?.pages[0];
  return {
    /** Undefined until the first ones are there. */
    rows,
    total: first && { total: first.total, total_is_capped: first.total_is_capped },
    /** Why there are none at all. */
    error: list.data ? null : list.error,
    /** Why those that are there are not newer, or not more. */
    staleError: list.data ? list.error : null,
    retry: () => void (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch()),
    refetch: () => void list.refetch(),
    hasMore: list.hasNextPage,
    isLoadingMore: list.isFetchingNextPage,
    loadMore: () => void list.fetchNextPage(),
    /** The rows still answer an earlier question. */
    isStale: list.isPlaceholderData,
  };
}

export type Rows<T> = ReturnType<typeof useRows<T>>;
