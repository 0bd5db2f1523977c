import type { Page } from '@behalf/domain';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';

/**
 * Takes rows out of every cached list under a key, before the server has answered.
 *
 * @returns what puts them back, for when it refuses
 */
// eslint-disable-next-line typescript/no-unnecessary-type-parameters -- It names the rows for the caller's predicate.
export function dropRows<T>(queryClient: QueryClient, queryKey: readonly unknown[], isGone: (row: T) => boolean): () => void {
  const before = queryClient.getQueriesData({ queryKey });
  queryClient.setQueriesData<InfiniteData<Page<T>> | Page<T>>({ queryKey }, (data) => {
    if (data && 'pages' in data) return { ...data, pages: data.pages.map((page) => without(page, isGone)) };
    return data && without(data, isGone);
  });
  return () => before.forEach(([key, data]) => queryClient.setQueryData(key, data));
}

function without<T>(page: Page<T>, isGone: (row: T) => boolean): Page<T> {
  const items = page.items.filter((row) => !isGone(row));
  return { ...page, items, total: page.total - (page.items.length - items.length) };
}
