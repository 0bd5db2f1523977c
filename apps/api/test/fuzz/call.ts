import type { Part } from './wire.js';

/** A name and its value as they stand on the wire: bytes as a latin1 string, already encoded for their place. */
export type Pair = readonly [name: string, raw: string];

/** A valid request, in the pieces that a mutation may change. */
export interface Call {
  readonly method: string;
  /** Path segments; the name is that of the parameter, or empty for a fixed one. */
  readonly segments: readonly Pair[];
  readonly query: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly cookies: readonly Pair[];
  /** A JSON object, a form, or nothing. */
  readonly json?: Readonly<Record<string, unknown>> | undefined;
  readonly form?: readonly Pair[] | undefined;
}

/** Where a mutation strikes; `name` is a JSON pointer without its first slash in a body. */
export interface Place {
  readonly at: 'path' | 'query' | 'json' | 'form' | 'header' | 'cookie' | 'method' | 'target' | 'body';
  readonly name: string;
}

/** One change: a place is given another value, sent twice, or left out. */
export interface Mutation extends Place {
  readonly act: 'set' | 'repeat' | 'drop';
  readonly raw: string;
}

export const escapeText = (text: string): string => encodeURIComponent(Buffer.from(text).toString()).replaceAll('%20', '+');

/** The bytes of a request: one part for its head and body. */
export function compose(call: Call, mutations: readonly Mutation[]): Buffer {
  const of = (at: Place['at']) => mutations.filter((each) => each.at === at);
  const path = mutatePath(call.segments, of('path'));
  const query = mutatePairs(call.query, of('query'));
  const target = of('target')[0]?.raw ?? `${path}${query.length ? `?${query.map((pair) => pair.join('=')).join('&')}` : ''}`;
  const body = of('body')[0]?.raw ?? bodyOf(call, of(call.json ? 'json' : 'form'));
  const cookies = mutatePairs(call.cookies, of('cookie'));
  const given = [...call.headers, ...(cookies.length ? [['cookie', cookies.map((pair) => pair.join('=')).join('; ')] as Pair] : [])];
  const headers = mutatePairs([...given, ...describe(call, body)], of('header'));
  const head = headers.map(([name, raw]) => `${name}: ${raw}\r\n`).join('');
  const method = of('method')[0]?.raw ?? call.method;
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n${body ?? ''}`, 'latin1');
}

/** The head and the body of composed bytes apart. */
export function cut(bytes: Buffer): [head: Buffer, body: Buffer] {
  const end = bytes.indexOf('\r\n\r\n') + 4;
  return [bytes.subarray(0, end), bytes.subarray(end)];
}

/** What may be shown of a request to whoever has to send it again. */
export function show(parts: readonly Part[], limit = 1_500): string {
  const text = JSON.stringify(parts.map((part) => (Buffer.isBuffer(part) ? part.toString('latin1') : part)));
  return text.length > limit ? `${text.slice(0, limit)}… (${text.length} characters)` : text;
}

function describe(call: Call, body: string | undefined): Pair[] {
  if (body === undefined) return [];
  const type = call.form ? 'application/x-www-form-urlencoded' : 'application/json';
  return [
    ['content-type', type],
    ['content-length', String(body.length)],
  ];
}

function mutatePath(segments: readonly Pair[], mutations: readonly Mutation[]): string {
  return segments.map(([name, raw]) => `/${mutations.find((each) => name && each.name === name)?.raw ?? raw}`).join('');
}

function mutatePairs(pairs: readonly Pair[], mutations: readonly Mutation[]): Pair[] {
  let changed = [...pairs];
  for (const { act, name, raw } of mutations) {
    if (act !== 'repeat') changed = changed.filter(([each]) => each !== name);
    if (act !== 'drop') changed.push([name, raw]);
  }
  return changed;
}

function bodyOf({ json, form }: Call, mutations: readonly Mutation[]): string | undefined {
  if (form) {
    return mutatePairs(form, mutations)
      .map((pair) => pair.join('='))
      .join('&');
  }
  return json && mutateJson(json, mutations);
}

/** Values are JSON texts, since what is worst cannot be said by JSON.stringify. */
function mutateJson(json: Readonly<Record<string, unknown>>, mutations: readonly Mutation[]): string {
  const tree = structuredClone(json) as Record<string, unknown>;
  const repeated = mutations.filter(({ act }) => act === 'repeat');
  mutations.forEach(({ act, name }, index) => {
    if (act !== 'repeat') put(tree, name.split('/'), act === 'set' ? `\u0001${index}` : undefined);
  });
  const text = mutations.reduce(
    (all, { raw }, index) => all.replaceAll(`"\\u0001${index}"`, () => raw),
    Buffer.from(JSON.stringify(tree)).toString('latin1'),
  );
  const more = repeated.map(({ name, raw }) => `${JSON.stringify(name.split('/')[0])}:${raw}`);
  return more.length ? `${text.slice(0, -1)}${text === '{}' ? '' : ','}${more.join(',')}}` : text;
}

function put(tree: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  const list = tree[name];
  if (!rest.length) tree[name] = value;
  else if (Array.isArray(list)) put((list[0] ??= {}) as Record<string, unknown>, rest, value);
  else put((tree[name] = typeof list === 'object' && list !== null ? list : {}) as Record<string, unknown>, rest, value);
}
