import { Skeleton } from '@mantine/core';
import { type ComponentProps, memo, type ReactNode } from 'react';
import type { Column, RowLook } from './table.js';
import { isRowClick, type Place, useOpen } from './table-rows.js';
import { useLongLists } from './use-long-lists.js';
import './table.css';

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[] | undefined;
  readonly rowKey: (row: T) => string;
  readonly look?: (row: T) => RowLook;
  readonly card?: Column<T>['cell'];
  readonly detail?: (row: T) => ReactNode;
  readonly bare?: boolean;
}

const SKELETON_CARDS = 6;

/** What a table is on a narrow screen: one card a row. */
export function Cards<T>(props: Props<T>) {
  const { label, rows, bare = false } = props;
  const long = useLongLists(rows);
  if (rows === undefined) return <SkeletonCards label={label} />;
  const list = { className: bare ? 'b-cards' : 'b-cards b-frame', 'aria-label': label };
  const Shape = long?.LongCards ?? ShortCards;
  return <Shape {...props} rows={rows} list={list} />;
}

export type CardsProps<T> = Props<T> & {
  readonly rows: readonly T[];
  readonly list: Pick<ComponentProps<'ul'>, 'className' | 'aria-label'>;
};

function ShortCards<T>({ list, ...props }: CardsProps<T>) {
  const item = useItems(props);
  return <ul {...list}>{props.rows.map((row) => item(row))}</ul>;
}

interface CardPlace extends Place {
  readonly size: number;
}

export function useItems<T>({ columns, rowKey, look, card, detail }: Props<T>) {
  const open = useOpen(look);
  return (row: T, place?: CardPlace) => {
    const { onOpen, ...looks } = look?.(row) ?? {};
    // A card of a kind of its own has no use for the columns, which may be new each time.
    const shape = card ? { card } : { columns };
    return <Item key={rowKey(row)} row={row} {...shape} {...looks} {...place} below={detail?.(row)} {...(onOpen && { onOpen: open })} />;
  };
}

interface ItemProps<T> extends Omit<RowLook, 'onOpen'>, Partial<CardPlace> {
  readonly row: T;
  readonly columns?: readonly Column<T>[];
  readonly card?: Column<T>['cell'];
  readonly below?: ReactNode;
  readonly onOpen?: (row: T) => void;
}

const Item = memo(CardItem) as typeof CardItem;

function CardItem<T>({ row, columns, card, selected = false, muted, incident, below, onOpen, ...place }: ItemProps<T>) {
  const { index, gap, size, measure } = place;
  return (
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions -- The card's own link does the same for the keyboard.
    <li
      {...(index !== undefined && { ref: measure, 'data-index': index, 'aria-posinset': index + 1, 'aria-setsize': size })}
      style={gap ? { marginTop: gap } : undefined}
      className="b-card"
      data-muted={muted || undefined}
      data-incident={incident || undefined}
      data-openable={onOpen !== undefined || undefined}
      onClick={onOpen && ((event) => isRowClick(event) && onOpen(row))}
    >
      {card ? card(row, selected) : <Card columns={columns ?? []} row={row} selected={selected} />}
      {below}
    </li>
  );
}

function Card<T>({ columns, row, selected }: { columns: readonly Column<T>[]; row: T; selected: boolean }) {
  const at = (place: Column<T>['place']) => columns.filter((column) => (column.place ?? 'line') === place);
  return (
    <>
      <div className="b-card-head">
        {at('title').map(({ title, cell }) => (
          <div key={title} className="b-card-title">
            {cell(row, selected)}
          </div>
        ))}
        {at('corner').map(({ title, cell }) => (
          <span key={title}>{cell(row, selected)}</span>
        ))}
      </div>
      <dl className="b-card-lines">
        {at('line').map(({ title, cell }) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{cell(row, selected)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function SkeletonCards({ label }: { label: string }) {
  return (
    <div className="b-cards b-frame" role="status" aria-label={`Loading ${label}`}>
      {Array.from({ length: SKELETON_CARDS }, (_, index) => (
        <div key={index} className="b-card">
          <Skeleton height={14} width="45%" radius="xs" my={4} />
          <Skeleton height={10} width="60%" radius="xs" mt={12} />
          <Skeleton height={10} width="50%" radius="xs" mt={10} mb={4} />
        </div>
      ))}
    </div>
  );
}
