import { Skeleton } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { type CSSProperties, Fragment, type MouseEvent, type ReactNode, useCallback, useState } from 'react';
import { useNarrow } from '../lib/use-narrow.js';
import { Cards } from './cards.js';
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
  readonly cell: (row: T) => ReactNode;
}

export interface RowLook {
  readonly selected?: boolean;
  readonly muted?: boolean;
  readonly incident?: boolean;
  /** What a click anywhere in the row does; the row's link or button does the same for the keyboard. */
  readonly onOpen?: () => void;
}

interface Props<T> {
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
  readonly card?: (row: T) => ReactNode;
  /** What an opened row shows under itself. */
  readonly detail?: (row: T) => ReactNode;
  /** How many rows stand in, where it is known how many come. */
  readonly skeletonRows?: number;
  /** A frame around it is there already. */
  readonly bare?: boolean;
}

/** Rows from the server: a table, or cards where the screen is narrow. */
export function Table<T>(props: Props<T>) {
  const narrow = useNarrow();
  const [overflows, watch] = useOverflow();
  const { label, columns, rows, sort, minWidth, skeletonRows = SKELETON_ROWS, bare = false } = props;
  if (narrow) return <Cards {...props} />;
  return (
    <div className={bare ? undefined : 'b-frame'}>
      <div
        className="b-scroll"
        ref={watch}
        {...(overflows ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
        style={{ '--b-min-width': `${minWidth}px` } as CSSProperties}
      >
        <table className="b-table" aria-label={label} aria-busy={rows === undefined}>
          <colgroup>
            {columns.map(({ title, width }) => (
              <col key={title} style={width === undefined ? {} : { width }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {columns.map((column) => (
                <HeadCell key={column.title} column={column} sort={sort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows === undefined ? <SkeletonRows columns={columns} label={label} count={skeletonRows} /> : <Rows {...props} rows={rows} />}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Rows<T>({ columns, rows, rowKey, look, detail }: Props<T> & { rows: readonly T[] }) {
  return rows.map((row) => {
    const { selected, muted, incident, onOpen } = look?.(row) ?? {};
    const below = detail?.(row);
    return (
      <Fragment key={rowKey(row)}>
        <tr
          data-selected={selected || undefined}
          data-muted={muted || undefined}
          data-incident={incident || undefined}
          data-openable={onOpen !== undefined || undefined}
          onClick={onOpen && ((event) => isRowClick(event) && onOpen())}
        >
          {columns.map(({ title, sticky, cell }) => (
            <td key={title} data-sticky={sticky || undefined}>
              {cell(row)}
            </td>
          ))}
        </tr>
        {below && (
          <tr className="b-detail">
            <td colSpan={columns.length}>{below}</td>
          </tr>
        )}
      </Fragment>
    );
  });
}

function HeadCell<T>({ column, sort }: { column: Column<T>; sort: Props<T>['sort'] }) {
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
    <th scope="col" aria-sort={direction} data-sticky={sticky || undefined}>
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
    <tr key={index}>
      {columns.map(({ title, hidden, head }, place) => (
        <td key={title}>
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

/** Not on a control, not in a dialog that the row opened, and not at the end of marking text. */
export function isRowClick(event: MouseEvent<HTMLElement>): boolean {
  const target = event.target as HTMLElement;
  const inside = event.currentTarget.contains(target) && !target.closest('a, button, input, label');
  return inside && (window.getSelection()?.isCollapsed ?? true);
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
