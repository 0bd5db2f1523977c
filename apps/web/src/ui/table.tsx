import { Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type CSSProperties, type ReactNode, useCallback, useState } from 'react';
import { useNarrow } from '../lib/use-narrow.js';
import { Cards } from './cards.js';
import { AS, Rows } from './table-rows.js';
import { useLongLists } from './use-long-lists.js';
import './table.css';

export interface Column<T> {
  /** Stands in the head, and before the value on a card. */
  readonly title: string;
  /** What stands in the head instead, such as a checkbox for all. */
  readonly head?: ReactNode;
  /** The title is for screen readers alone. */
  readonly hidden?: boolean;
  /** In pixels. One column has none and takes the rest. */
  readonly width?: number;
  /** The list's sort key, where it has one. */
  readonly sort?: string;
  /** The order is always by this one. */
  readonly sorted?: 'ascending' | 'descending';
  /** Stays in view when the table is scrolled sideways. */
  readonly sticky?: boolean;
  /** Where it goes on a card; `line` unless said otherwise. */
  readonly place?: 'title' | 'corner' | 'line' | 'none';
  /** Made anew only where the row or this function is another one: a long list keeps the function the same. */
  readonly cell: (row: T, selected: boolean) => ReactNode;
  /** Shows whether its row is selected; the others are not told. */
  readonly tells?: 'selected';
}

export interface RowLook {
  readonly selected?: boolean;
  readonly muted?: boolean;
  readonly incident?: boolean;
  /** What a click anywhere in the row does; the row's link or button does the same for the keyboard. */
  readonly onOpen?: () => void;
}

export interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  /** Undefined while the first ones are fetched: rows in the shape of what comes stand in. */
  readonly rows: readonly T[] | undefined;
  readonly rowKey: (row: T) => string;
  readonly look?: (row: T) => RowLook;
  readonly sort?: { readonly current: string; readonly onChange: (sort: string) => void };
  /** Below this many pixels the frame scrolls. */
  readonly minWidth: number;
  /** A card of its own kind for a narrow screen. */
  readonly card?: Column<T>['cell'];
  /** What an opened row shows under itself. */
  readonly detail?: (row: T) => ReactNode;
  /** How many rows stand in, where it is known how many come. */
  readonly skeletonRows?: number;
  /** A frame around it is there already. */
  readonly bare?: boolean;
}

/**
 * Rows from the server: a table, or cards where the screen is narrow. Each row is laid out by itself, so that of very many only those in
 * view are drawn, which a table's own layout does not allow; the roles say that it is a table all the same.
 */
export function Table<T>(props: TableProps<T>) {
  const narrow = useNarrow();
  const [overflows, watch] = useOverflow();
  const { label, columns, rows, sort, minWidth, detail, skeletonRows = SKELETON_ROWS, bare = false } = props;
  const long = useLongLists(narrow ? undefined : rows);
  const LongRows = detail ? undefined : long?.LongRows;
  if (narrow) return <Cards {...props} />;
  return (
    <div className={bare ? undefined : 'b-frame'}>
      <div
        className="b-scroll"
        ref={watch}
        {...(overflows ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
        style={{ '--b-min-width': `${minWidth}px`, '--b-columns': tracksOf(columns) } as CSSProperties}
      >
        <table
          className="b-table"
          {...AS.table}
          aria-label={label}
          aria-busy={rows === undefined}
          aria-rowcount={LongRows && rows!.length + 1}
          data-long={(long && !LongRows) || undefined}
        >
          <thead {...AS.rowgroup}>
            <tr {...AS.row} aria-rowindex={LongRows && 1}>
              {columns.map((column) => (
                <HeadCell key={column.title} column={column} sort={sort} />
              ))}
            </tr>
          </thead>
          {LongRows ? (
            <LongRows {...props} rows={rows!} />
          ) : (
            <tbody {...AS.rowgroup}>
              {rows === undefined ? <SkeletonRows columns={columns} label={label} count={skeletonRows} /> : <Rows {...props} rows={rows} />}
            </tbody>
          )}
        </table>
      </div>
    </div>
  );
}

/** One line of the grid that each row is. */
function tracksOf<T>(columns: readonly Column<T>[]): string {
  return columns.map(({ width }) => (width === undefined ? 'minmax(0, 1fr)' : `${width}px`)).join(' ');
}

function HeadCell<T>({ column, sort }: { column: Column<T>; sort: TableProps<T>['sort'] }) {
  const { title, head, hidden, sort: key, sticky } = column;
  const direction = sort && key ? directionOf(key, sort.current) : column.sorted;
  const Arrow = direction === 'ascending' ? IconArrowUp : IconArrowDown;
  const label = (
    <>
      {title}
      {direction && <Arrow size={12} stroke={2} aria-hidden="true" />}
    </>
  );
  return (
    <th {...AS.columnheader} scope="col" aria-sort={direction} data-sticky={sticky || undefined}>
      {head}
      {hidden && !head && <span className="b-visually-hidden">{title}</span>}
      {!hidden && !head && !(sort && key) && label}
      {sort && key && (
        <button type="button" className="b-sort" onClick={() => sort.onChange(direction === 'ascending' ? `-${key}` : key)}>
          {label}
        </button>
      )}
    </th>
  );
}

function directionOf(key: string, current: string): Column<unknown>['sorted'] {
  if (current === key) return 'ascending';
  return current === `-${key}` ? 'descending' : undefined;
}

const SKELETON_ROWS = 8;

function SkeletonRows<T>({ columns, label, count }: { columns: readonly Column<T>[]; label: string; count: number }) {
  return Array.from({ length: count }, (_, index) => (
    <tr {...AS.row} key={index}>
      {columns.map(({ title, hidden, head }, place) => (
        <td {...AS.cell} key={title}>
          {index === 0 && place === 0 && (
            <span className="b-visually-hidden" role="status">
              Loading {label}
            </span>
          )}
          <Skeleton height={10} width={head || hidden ? 16 : '62%'} radius="xs" />
        </td>
      ))}
    </tr>
  ));
}

/** Whether an element is scrolled sideways; then it needs a stop for the keyboard. */
function useOverflow(): [boolean, (element: HTMLElement | null) => (() => void) | undefined] {
  const [overflows, setOverflows] = useState(false);
  const watch = useCallback((element: HTMLElement | null) => {
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setOverflows(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [overflows, watch];
}
