import { memo, type MouseEvent, type ReactNode, useCallback, useEffect, useRef } from 'react';
import type { Column, RowLook, TableProps } from './table.js';

/** Where a row is that is drawn, and the space before it that stands for those that are not. */
export interface Place {
  readonly index: number;
  readonly gap: number;
  /** The ref of the row, which has its index as `data-index`. */
  readonly measure: (element: HTMLElement | null) => void;
}

/** What the elements are by themselves, said again: laid out in another way, some browsers would forget it. */
export const AS = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  cell: { role: 'cell' },
} as const;

export type RowsProps<T> = TableProps<T> & { readonly rows: readonly T[] };

export function Rows<T>({ columns, rows, rowKey, look, detail }: RowsProps<T>) {
  const open = useOpen(look);
  return rows.map((row) => {
    const { onOpen, ...looks } = look?.(row) ?? {};
    return <Row key={rowKey(row)} row={row} columns={columns} {...looks} below={detail?.(row)} {...(onOpen && { onOpen: open })} />;
  });
}

interface RowProps<T> extends Omit<RowLook, 'onOpen'>, Partial<Place> {
  readonly row: T;
  readonly columns: readonly Column<T>[];
  readonly below?: ReactNode;
  readonly onOpen?: (row: T) => void;
}

export const Row = memo(TableRow, isSameRow) as typeof TableRow;

function TableRow<T>({ row, columns, selected = false, muted, incident, below, onOpen, index, gap, measure }: RowProps<T>) {
  return (
    <>
      <tr
        {...AS.row}
        {...(index !== undefined && { ref: measure, 'data-index': index, 'aria-rowindex': index + 2 })}
        style={gap ? { marginTop: gap } : undefined}
        data-selected={selected || undefined}
        data-muted={muted || undefined}
        data-incident={incident || undefined}
        data-openable={onOpen !== undefined || undefined}
        onClick={onOpen && ((event) => isRowClick(event) && onOpen(row))}
      >
        {columns.map(({ title, sticky, cell, tells }) => (
          <Cell key={title} row={row} sticky={sticky} cell={cell} selected={tells === 'selected' && selected} />
        ))}
      </tr>
      {below && (
        <tr {...AS.row} className="b-detail">
          <td {...AS.cell} colSpan={columns.length}>
            {below}
          </td>
        </tr>
      )}
    </>
  );
}

const Cell = memo(TableCell) as typeof TableCell;

function TableCell<T>({ row, sticky, cell, selected }: Pick<Column<T>, 'sticky' | 'cell'> & { row: T; selected: boolean }) {
  return (
    <td {...AS.cell} data-sticky={sticky || undefined}>
      {cell(row, selected)}
    </td>
  );
}

/** Columns are written down anew with every list; what counts is whether they make the same cells. */
function isSameRow<T>({ columns: before, ...was }: RowProps<T>, { columns, ...is }: RowProps<T>): boolean {
  const keys = Object.keys({ ...was, ...is }) as (keyof typeof is)[];
  return (
    keys.every((key) => was[key] === is[key]) &&
    before.length === columns.length &&
    columns.every(({ cell }, place) => cell === before[place]?.cell)
  );
}

/** Opens a row as it looks by then: a function that stays the same, so that no row is made anew for it. */
export function useOpen<T>(look: ((row: T) => RowLook) | undefined): (row: T) => void {
  const latest = useRef(look);
  useEffect(() => {
    latest.current = look;
  });
  return useCallback((row: T) => latest.current?.(row).onOpen?.(), []);
}

/** Not on a control, not in a dialog that the row opened, and not at the end of marking text. */
export function isRowClick(event: MouseEvent<HTMLElement>): boolean {
  const target = event.target as HTMLElement;
  const inside = event.currentTarget.contains(target) && !target.closest('a, button, input, label');
  return inside && (window.getSelection()?.isCollapsed ?? true);
}
