import type { Page } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../config.js';
import { deriveKey } from '../crypto.js';
import { validationFailed } from '../problem.js';
import { countText, pageText } from './list-statements.js';

/** Rows of one page. */
export const LIST_LIMIT = { min: 1, max: 200, default: 50 } as const;
/** Totals are exact up to here. */
const LIST_TOTAL_CAP = 10_000;

/** Conditions and bind parameters of one statement, gathered in order. */
export class Conditions {
  readonly values: unknown[] = [];
  readonly #texts: string[] = [];

  /** Adds a value and returns its placeholder. */
  bind(value: unknown): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** Adds a condition on a value, unless the value is undefined. */
  add(value: unknown, condition: (placeholder: string) => string): this {
    if (value !== undefined) this.#texts.push(condition(this.bind(value)));
    return this;
  }

  /** Adds a condition without a value of its own. */
  and(condition: string): this {
    this.#texts.push(condition);
    return this;
  }

  toString(): string {
    return this.#texts.length ? this.#texts.join(' AND ') : 'true';
  }
}

/** A text to be found anywhere in a column, as a pattern for ILIKE. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}

/**
 * One column to sort by: an SQL expression and its type. A nullable one, which only an instant may be, sorts its nulls last in
 * either direction: they count as infinitely late or early, so that an index on that expression serves the page.
 */
export interface SortKey {
  readonly sql: string;
  readonly type: 'text' | 'timestamptz' | 'integer' | 'uuid';
  readonly nullable?: boolean;
}

/** How one list is read; all texts are ours, never a caller's. */
export interface ListPlan {
  /** Names the list in its cursors, so that one list's cursor is none of another's. */
  readonly name: string;
  readonly columns: string;
  readonly from: string;
  readonly sorts: Readonly<Record<string, SortKey>>;
  /** A key of `sorts`, with `-` before it for descending. */
  readonly default_sort: string;
  /** What makes a row unique and breaks ties. */
  readonly id: SortKey;
  /** Where the rows, u in sorts and conditions, are of several kinds: each is read in order by an index of its own, and joined with `from`. */
  readonly parts?: readonly ListPart[];
}

/** Rows of one kind, and of no other. */
export interface ListPart {
  readonly from: string;
  readonly condition: string;
}

/** What every list takes. */
export interface ListQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly sort?: string | undefined;
}

/** What a list is counted by, where that costs less than counting the rows that its pages are read from. */
export interface Counted {
  readonly from: string;
  readonly where: Conditions;
  /** What tells one from another, where a join may have one several times. */
  readonly distinct?: string | undefined;
  readonly parts?: readonly ListPart[] | undefined;
}

interface Position {
  readonly key: string | null;
  readonly id: string;
}

export interface Order {
  readonly sort: string;
  readonly key: SortKey;
  readonly descending: boolean;
}

type Keyed<Row> = Row & { cursor_key: string | null; cursor_id: string };

const MAC_BYTES = 16;
const EACH_CHUNK = 500;

/** Keyset-paged lists: a page costs the same wherever it stands, and rows that come or go never shift it. */
@Injectable()
export class Listing {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * Reads one page.
   *
   * @param filter what the caller filtered by, and whose list it is: a cursor is good for exactly this filter and sort
   * @param counted holds as many rows as the pages together
   * @throws Problem `validation-failed` for an unknown sort key, and for a cursor that is forged or another list's
   */
  async page<Row extends object>(
    tx: EntityManager,
    plan: ListPlan,
    where: Conditions,
    query: ListQuery,
    filter: Readonly<Record<string, unknown>>,
    counted: Counted = { from: plan.from, where, parts: plan.parts },
  ): Promise<Page<Row>> {
    const order = orderOf(plan, query.sort);
    const scope = JSON.stringify([plan.name, order.sort, Object.entries(filter).filter(([, value]) => value !== undefined)]);
    const limit = query.limit ?? LIST_LIMIT.default;
    const count: [string, unknown[]] = [countText(counted, LIST_TOTAL_CAP), [...counted.where.values]];
    if (query.cursor !== undefined) after(this.#position(query.cursor, scope), plan, order, where);
    const text = pageText(plan, order, where, where.bind(limit + 1));
    const reading = tx.query<Keyed<Row>[]>(text, where.values);
    const counting = async () => (await tx.query<[{ total: number }]>(...count))[0].total;
    // Whatever is searched is read row by row: a first page that is not full has counted it already.
    const isAll = filter['search'] !== undefined && query.cursor === undefined && (await reading).length <= limit;
    const [rows, total] = await Promise.all([reading, isAll ? (await reading).length : counting()]);
    const last = rows.length > limit ? rows[limit - 1]! : undefined;
    return {
      items: rows.slice(0, limit).map(withoutKeys),
      next_cursor: last ? this.#cursor({ key: last.cursor_key, id: last.cursor_id }, scope) : null,
      total: Math.min(total, LIST_TOTAL_CAP),
      total_is_capped: total > LIST_TOTAL_CAP,
    };
  }

  /** Every row of a list in its default order, in chunks that are read as the caller takes them. */
  async *each<Row extends object>(tx: EntityManager, plan: ListPlan, where: () => Conditions): AsyncGenerator<Row[]> {
    const order = orderOf(plan);
    let position: Position | null = null;
    for (;;) {
      const conditions = where();
      if (position) after(position, plan, order, conditions);
      const text = pageText(plan, order, conditions, conditions.bind(EACH_CHUNK));
      const rows: Keyed<Row>[] = await tx.query(text, conditions.values);
      if (rows.length) yield rows.map(withoutKeys);
      const last = rows.at(-1);
      if (!last || rows.length < EACH_CHUNK) return;
      position = { key: last.cursor_key, id: last.cursor_id };
    }
  }

  /** A page of a list that is short and in memory. */
  pageOf<Row>(name: string, items: readonly Row[], query: ListQuery, filter: Readonly<Record<string, unknown>> = {}): Page<Row> {
    if (query.sort !== undefined) throw unknownSort();
    const scope = JSON.stringify([name, Object.entries(filter)]);
    const start = query.cursor === undefined ? 0 : Number(this.#position(query.cursor, scope).id);
    const end = start + (query.limit ?? LIST_LIMIT.default);
    const next_cursor = end < items.length ? this.#cursor({ key: null, id: String(end) }, scope) : null;
    return { items: items.slice(start, end), next_cursor, total: items.length, total_is_capped: false };
  }

  #cursor(position: Position, scope: string): string {
    const text = JSON.stringify([position.key, position.id]);
    return Buffer.concat([mac(this.config.secret_keys[0]!, scope, text), Buffer.from(text)]).toString('base64url');
  }

  #position(cursor: string, scope: string): Position {
    const bytes = Buffer.from(cursor, 'base64url');
    const given = bytes.subarray(0, MAC_BYTES);
    const text = bytes.subarray(MAC_BYTES).toString();
    const genuine =
      bytes.length > MAC_BYTES &&
      bytes.toString('base64url') === cursor &&
      this.config.secret_keys.some((key) => timingSafeEqual(mac(key, scope, text), given));
    if (!genuine) {
      const detail = 'Is not a cursor of this list with this filter and sort.';
      throw validationFailed([{ pointer: 'cursor', code: 'invalid', detail }]);
    }
    const [key, id] = JSON.parse(text) as [string | null, string];
    return { key, id };
  }
}

function withoutKeys<Row>({ cursor_key: _key, cursor_id: _id, ...row }: Keyed<Row>): Row {
  return row as unknown as Row;
}

function mac(key: Buffer, scope: string, text: string): Buffer {
  return createHmac('sha256', deriveKey(key, 'behalf/v1/cursor'))
    .update(JSON.stringify([scope, text]))
    .digest()
    .subarray(0, MAC_BYTES);
}

function orderOf(plan: ListPlan, sort = plan.default_sort): Order {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  if (!Object.hasOwn(plan.sorts, name)) throw unknownSort();
  const key = plan.sorts[name]!;
  const sql = key.nullable ? `coalesce(${key.sql}, '${descending ? '-infinity' : 'infinity'}'::timestamptz)` : key.sql;
  return { sort, key: { ...key, sql }, descending };
}

function unknownSort() {
  return validationFailed([{ pointer: 'sort', code: 'invalid', detail: 'Is not a sort key of this list.' }]);
}

/** Keeps the rows behind a position. */
function after(position: Position, plan: ListPlan, { key, descending }: Order, where: Conditions): void {
  const operator = descending ? '<' : '>';
  const [value, id] = [where.bind(position.key), where.bind(position.id)];
  where.and(`(${key.sql}, ${plan.id.sql}) ${operator} (${value}::${key.type}, ${id}::${plan.id.type})`);
}
