import type { Conditions, Counted, ListPart, ListPlan, Order } from './listing.js';

/** One page, and where each of its rows stands. */
export function pageText(plan: ListPlan, order: Order, where: Conditions, limit: string): string {
  const inOrder = orderText(plan, order, limit);
  const source = plan.parts
    ? `(${plan.parts.map((part) => `(${partText(part, where)} ${inOrder})`).join(' UNION ALL ')}) u, ${plan.from}`
    : plan.from;
  return `SELECT ${plan.columns}, (${order.key.sql})::text AS cursor_key, (${plan.id.sql})::text AS cursor_id
            FROM ${source} WHERE ${plan.parts ? 'true' : where.toString()} ${inOrder}`;
}

function orderText(plan: ListPlan, { key, descending }: Order, limit: string): string {
  const direction = descending ? 'DESC' : 'ASC';
  return `ORDER BY ${key.sql} ${direction}, ${plan.id.sql} ${direction} LIMIT ${limit}`;
}

function partText({ from, condition }: ListPart, where: Conditions, columns = 'u.*'): string {
  return `SELECT ${columns} FROM ${from} WHERE ${condition} AND ${where.toString()}`;
}

/** Exact up to the cap; one row more tells that there are more. */
export function countText({ from, where, distinct, parts }: Counted, cap: number): string {
  const source = parts ? `(${parts.map((part) => partText(part, where, '')).join(' UNION ALL ')}) u` : `${from} WHERE ${where.toString()}`;
  return `SELECT count(*)::integer AS total FROM (SELECT ${distinct ? `DISTINCT ${distinct}` : ''} FROM ${source} LIMIT ${cap + 1}) counted`;
}
