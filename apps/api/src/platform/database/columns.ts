/** One value of each of many rows, which travel as an array of their own. */
export interface Column<Row> {
  /** Of one value. */
  readonly type: string;
  readonly of: (row: Row) => unknown;
  /** How a row `w` is read, where that is not simply by the column's name. */
  readonly read?: string;
}

export type Columns<Row> = Readonly<Record<string, Column<Row>>>;

/** The rows as a table `w` of a statement whose first parameters are what `arraysOf` makes of them. */
export function unnested<Row>(columns: Columns<Row>): string {
  const arrays = Object.values(columns).map(({ type }, place) => `$${place + 1}::${type}[]`);
  return `unnest(${arrays.join(', ')}) w(${Object.keys(columns).join(', ')})`;
}

/** What is written of a row `w`, in the order of the columns. */
export function readsOf<Row>(columns: Columns<Row>): string {
  return Object.entries(columns)
    .map(([name, { read = `w.${name}` }]) => read)
    .join(', ');
}

export function arraysOf<Row>(columns: Columns<Row>, rows: readonly Row[]): unknown[][] {
  return Object.values(columns).map(({ of }) => rows.map(of));
}

/** A list of what holds no line break as one value: an array of arrays would have to have them all of one length. */
export const listText = (list: readonly string[] | null): string | null => list?.join('\n') ?? null;

/** What `listText` has written, as text[] again. */
export const textList = (column: string): string => `string_to_array(${column}, E'\\n')`;
