import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { type FocusEvent, useCallback, useLayoutEffect, useRef, useState } from 'react';
import type { Place } from './table-rows.js';

/** Rows drawn past either end of the view: the keyboard's next stops, and what comes up while a hand scrolls. */
const BEYOND = 12;

interface Windowed extends Pick<Place, 'measure'> {
  /** For the element around the rows. */
  readonly frame: {
    readonly ref: (element: HTMLElement | null) => void;
    readonly style: { readonly paddingBottom: number };
    readonly onFocus: (event: FocusEvent<HTMLElement>) => void;
  };
  readonly drawn: readonly Omit<Place, 'measure'>[];
}

/**
 * Which of very many rows are drawn, while the page scrolls. The row that had the focus last stays, wherever it is, so that neither the
 * keyboard nor a dialog that it opened loses its place.
 *
 * @param height of a row in pixels, until it was measured
 */
export function useWindowed<T>(rows: readonly T[], rowKey: (row: T) => string, height: number): Windowed {
  const [element, ref] = useState<HTMLElement | null>(null);
  const [scrollMargin, setMargin] = useState(0);
  const held = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    if (element) setMargin(element.getBoundingClientRect().top + window.scrollY);
  }, [element, rows.length]);
  // eslint-disable-next-line react/incompatible-library -- No compiler is at work, and what it answers is used in this call alone.
  const virtualizer = useWindowVirtualizer<HTMLElement>({
    count: rows.length,
    estimateSize: () => height,
    getItemKey: (index) => rowKey(rows[index]!),
    overscan: BEYOND,
    scrollMargin,
    rangeExtractor: (range) => withHeld(range, held.current),
  });
  const onFocus = useCallback(({ target }: FocusEvent<HTMLElement>) => {
    const index = target.closest<HTMLElement>('[data-index]')?.dataset['index'];
    held.current = index === undefined ? undefined : Number(index);
  }, []);
  let end = scrollMargin;
  const drawn = virtualizer.getVirtualItems().map((item) => {
    const gap = item.start - end;
    end = item.end;
    return { index: item.index, gap };
  });
  const paddingBottom = Math.max(0, virtualizer.getTotalSize() - (end - scrollMargin));
  return { frame: { ref, style: { paddingBottom }, onFocus }, drawn, measure: virtualizer.measureElement };
}

function withHeld(range: Range, held: number | undefined): number[] {
  const indexes = defaultRangeExtractor(range);
  if (held === undefined || held >= range.count || indexes.includes(held)) return indexes;
  return [...indexes, held].sort((left, right) => left - right);
}
