import { useEffect, useState } from 'react';

type LongLists = Pick<typeof import('./long-lists.js'), 'LongRows' | 'LongCards'>;

/** So many rows are slow to draw, so that only those in view are; below it all are in the page, for the browser's own search and for print. */
const LONG = 200;
/** From here on it may soon be needed. */
const NEARLY_LONG = 100;

let loaded: LongLists | undefined;

/** What draws very many rows, once there are so many; it is no part of what a page loads first, and until it is there all are drawn. */
export function useLongLists(rows: readonly unknown[] | undefined): LongLists | undefined {
  const [lists, setLists] = useState(loaded);
  const count = rows?.length ?? 0;
  useEffect(() => {
    if (loaded || count <= NEARLY_LONG) return;
    void import('./long-lists.js').then(
      ({ LongRows, LongCards }) => setLists((loaded = { LongRows, LongCards })),
      () => undefined,
    );
  }, [count]);
  return count > LONG ? (lists ?? loaded) : undefined;
}
