import { type CardsProps, useItems } from './cards.js';
import { AS, Row, type RowsProps, useOpen } from './table-rows.js';
import { useWindowed } from './use-windowed.js';

/** In pixels, until one is drawn and measured. */
const ROW_HEIGHT = 44;
const CARD_HEIGHT = 96;

/** The rows in view, and around them the space of the others; a screen reader is told which of how many each one is. */
export function LongRows<T>({ columns, rows, rowKey, look }: RowsProps<T>) {
  const open = useOpen(look);
  const { frame, drawn, measure } = useWindowed(rows, rowKey, ROW_HEIGHT);
  return (
    <tbody {...AS.rowgroup} {...frame}>
      {drawn.map(({ index, gap }) => {
        const row = rows[index]!;
        const { onOpen, ...looks } = look?.(row) ?? {};
        const place = { index, gap, measure };
        return <Row key={rowKey(row)} row={row} columns={columns} {...looks} {...place} {...(onOpen && { onOpen: open })} />;
      })}
    </tbody>
  );
}

/** The cards in view, in the same way. */
export function LongCards<T>({ list, ...props }: CardsProps<T>) {
  const item = useItems(props);
  const { rows, rowKey } = props;
  const { frame, drawn, measure } = useWindowed(rows, rowKey, CARD_HEIGHT);
  return (
    <ul {...list} {...frame}>
      {drawn.map((place) => item(rows[place.index]!, { ...place, measure, size: rows.length }))}
    </ul>
  );
}
