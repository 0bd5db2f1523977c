import type { Permission } from '@behalf/domain';
import type { Api } from './api.js';
import { type Answer, Browser } from './browser.js';
import type { Named, Place } from './place.js';
import type { Caller, RouteRow } from './route-table.js';

/** As whom a call is sent: a browser, or an access token. */
export type Via = Browser | string;
export type Values = Readonly<Record<string, string>>;

const BASE = '/api/v1';

export const methodOf = ({ call }: RouteRow) => call.split(' ')[0]!;
const titleOf = ({ call, query, mine }: RouteRow) => [call, query, mine && 'of mine'].filter(Boolean).join(' ');
export const permissionOf = (who: Caller): Permission | null => (typeof who === 'object' ? who.permission : null);
export const takesTokens = (who: Caller) => (typeof who === 'object' ? who.token : who === 'signed in');
export const writes = (row: RouteRow) => methodOf(row) !== 'GET';
export const routeOf = ({ call }: RouteRow) => call.replace(' ', ` ${BASE}`);

/** The ids and other values that a call names. */
export function namesIn({ call, query = '', body = {} }: RouteRow): Named[] {
  const found = `${call}?${query}${JSON.stringify(body)}`.matchAll(/[/="]:([a-z_]+)/g);
  return [...new Set([...found].map(([, name]) => name as Named))];
}

/** Everything that the call names, made anew. */
export async function make(row: RouteRow, place: Place, caller: Browser): Promise<Values> {
  const values: Record<string, string> = {};
  for (const name of namesIn(row)) values[name] = await place.make(name, row.mine && caller);
  return values;
}

/** The address and the body of a row's call, with its values in place; `more` stands in the body beside what the row says. */
export function filled(row: RouteRow, values: Values, more: object = {}): { address: string; body: object | undefined } {
  const fill = (text: string) => text.replaceAll(/([/="]):([a-z_]+)/g, (_, before: string, name: string) => before + values[name]!);
  const address = `${BASE}${fill(row.call.split(' ')[1]!)}${row.query ? `?${fill(row.query)}` : ''}`;
  return { address, body: row.body && (JSON.parse(fill(JSON.stringify({ ...row.body, ...more }))) as object) };
}

/** Sends the call of a row; `more` stands in its body beside what the row says. */
export async function send(
  api: Pick<Api, 'issuer'>,
  row: RouteRow,
  via: Via,
  values: Values,
  { headers = {}, more = {}, method = methodOf(row) }: { headers?: Record<string, string>; more?: object; method?: string } = {},
): Promise<Answer> {
  const { address, body } = filled(row, values, more);
  const browser = typeof via === 'string' ? new Browser(api) : via;
  const authorization: Record<string, string> = typeof via === 'string' ? { authorization: `Bearer ${via}` } : {};
  return browser.send(method, address, body, { ...authorization, ...headers });
}

/** What was answered, in a few words. */
export function told({ status, body }: Answer): string {
  const { type, permission } = (body ?? {}) as { type?: string; permission?: string };
  return [status, status < 400 ? undefined : type?.split('#')[1], permission].filter(Boolean).join(' ');
}

/** Runs a call for every row, and holds what was told against what the table says, all rows at once. */
export async function expectOf(
  rows: readonly RouteRow[],
  run: (row: RouteRow) => Promise<string>,
  expected: (row: RouteRow) => unknown,
): Promise<void> {
  expect(rows.length).toBeGreaterThan(0);
  const answers: Record<string, string> = {};
  for (const row of rows) answers[titleOf(row)] = await run(row);
  expect(answers).toEqual(Object.fromEntries(rows.map((row) => [titleOf(row), expected(row)])));
}
