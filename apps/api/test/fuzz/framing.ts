import { cut } from './call.js';
import type { Exchange, Part } from './wire.js';

/** A way of putting a request on the wire that HTTP forbids, or that only an attacker has the patience for. */
interface Framing {
  readonly name: string;
  readonly parts: (request: Buffer) => Part[];
  readonly expect: { readonly silence?: boolean; readonly also?: (given: Exchange) => string[] };
  readonly patience_ms?: number;
}

/** Longer than the server waits for a whole request, with what its own clock adds. */
const SLOW_MS = 24_000;

const raw = (text: string) => Buffer.from(text, 'latin1');
const statuses = ({ answers }: Exchange) => answers.map(({ status }) => status);

/** @param change of the head's lines; the body stays */
const head = (change: (lines: string[]) => string[]) => (request: Buffer) => {
  const [top, body] = cut(request);
  const lines = change(top.toString('latin1').trimEnd().split('\r\n'));
  return [Buffer.concat([raw(`${lines.join('\r\n')}\r\n\r\n`), body])];
};
const withHeaders =
  (...more: string[]) =>
  (request: Buffer) =>
    head((lines) => [...lines, ...more])(request);
const without = (lines: string[], name: string) => lines.filter((line) => !line.toLowerCase().startsWith(`${name}:`));

/** RFC 9112 §6.3, §11.2: what could be read as two different requests is refused, and the connection is not used again. */
const refusedOnce = {
  also: (given: Exchange) => {
    const found = statuses(given);
    return found.length === 1 && [400, 408, 411, 413, 417, 431, 501].includes(found[0]!)
      ? []
      : [`answered ${found.join(', ') || 'nothing'}, not one refusal`];
  },
};
const answers =
  (...allowed: number[]) =>
  (given: Exchange) =>
    statuses(given).every((status) => allowed.includes(status))
      ? []
      : [`answered ${statuses(given).join(', ')}, not ${allowed.join(' or ')}`];
const one = (...allowed: number[]) => ({ also: answers(...allowed) });

const SMUGGLED = 'GET /api/v1/oauth-clients HTTP/1.1\r\nHost: x\r\n\r\n';
const chunked =
  (body: string, coding = 'chunked') =>
  (request: Buffer) => {
    const lines = without(cut(request)[0].toString('latin1').trimEnd().split('\r\n'), 'content-length');
    return [raw(`${[...lines, `Transfer-Encoding: ${coding}`].join('\r\n')}\r\n\r\n${body}`)];
  };
const lengths =
  (...given: string[]) =>
  (request: Buffer) =>
    head((lines) => [...without(lines, 'content-length'), ...given.map((each) => `Content-Length: ${each}`)])(request);
const host =
  (...given: string[]) =>
  (request: Buffer) =>
    head((lines) => [...without(lines, 'host'), ...given.map((each) => `Host: ${each}`)])(request);
const line = (text: string) => head(([, ...lines]) => [text, ...lines]);

export const FRAMINGS: readonly Framing[] = [
  { name: 'length and chunks', parts: withHeaders('Transfer-Encoding: chunked'), expect: refusedOnce },
  { name: 'chunks, then a smuggled request', parts: (request) => [...chunked(`0\r\n\r\n${SMUGGLED}`)(request)], expect: {} },
  {
    name: 'length and chunks with a smuggled request',
    parts: (request) => [...withHeaders('Transfer-Encoding: chunked')(request), raw(`0\r\n\r\n${SMUGGLED}`)],
    expect: refusedOnce,
  },
  ...['xchunked', 'chunked, identity', 'identity', 'chunked, chunked', '\x0bchunked', 'gzip, chunked', '"chunked"', 'chunked;x'].map(
    (coding) => ({
      name: `transfer coding ${JSON.stringify(coding)}`,
      parts: chunked('2\r\n{}\r\n0\r\n\r\n', coding),
      expect: coding === 'gzip, chunked' ? {} : refusedOnce,
    }),
  ),
  ...[['2', '3'], ['2', '2'], ['-1'], ['+2'], ['0x2'], ['2,2'], ['2 3'], ['99999999999999999999'], ['1e1'], ['']].map((given) => ({
    name: `lengths ${JSON.stringify(given)}`,
    parts: lengths(...given),
    expect: refusedOnce,
  })),
  ...['zz\r\n{}\r\n0\r\n\r\n', '-1\r\n{}\r\n', 'ffffffffffffffff1\r\n{}', '2\n{}\n0\n\n', '2\r\n{}x0\r\n\r\n', '2 \r\n{}\r\n0\r\n\r\n'].map(
    (body) => ({
      name: `chunks ${JSON.stringify(body)}`,
      parts: chunked(body),
      expect: refusedOnce,
    }),
  ),
  { name: 'a chunk extension of 100 KiB', parts: chunked(`2;${'x'.repeat(100 * 1024)}\r\n{}\r\n0\r\n\r\n`), expect: refusedOnce },
  { name: 'a trailer that is a session', parts: chunked('2\r\n{}\r\n0\r\nCookie: bhf_session=x\r\n\r\n'), expect: one(422) },
  { name: 'a folded header', parts: withHeaders('X-Folded: a', ' b'), expect: refusedOnce },
  { name: 'a space before the colon', parts: withHeaders('X-Space : a'), expect: refusedOnce },
  { name: 'a header without a name', parts: withHeaders(': a'), expect: refusedOnce },
  { name: 'a header without a colon', parts: withHeaders('abc'), expect: refusedOnce },
  { name: 'NUL in a header', parts: withHeaders('X-Nul: a\0b'), expect: refusedOnce },
  { name: 'CR alone in a header', parts: withHeaders('X-Cr: a\rX-Other: b'), expect: refusedOnce },
  { name: 'LF alone ends the lines', parts: (request) => [raw(request.toString('latin1').replaceAll('\r\n', '\n'))], expect: refusedOnce },
  { name: 'no Host', parts: host(), expect: refusedOnce },
  { name: 'two Hosts', parts: host('a.test', 'b.test'), expect: refusedOnce },
  ...['', 'a b', 'a/b', 'user@a', '"', 'a:99999999', 'http://a', '[::1', 'ä'].map((given) => ({
    name: `Host ${JSON.stringify(given)}`,
    parts: host(given),
    expect: {},
  })),
  { name: 'a header of 70 KiB', parts: withHeaders(`X-Long: ${'a'.repeat(70 * 1024)}`), expect: refusedOnce },
  { name: 'a header of 5 MiB', parts: withHeaders(`X-Long: ${'a'.repeat(5 * 1024 * 1024)}`), expect: { silence: true } },
  { name: '4000 headers', parts: withHeaders(...Array.from({ length: 4_000 }, (_, index) => `X-${index}: a`)), expect: {} },
  { name: 'a header name of 60 KiB', parts: withHeaders(`${'a'.repeat(60 * 1024)}: b`), expect: {} },
  { name: 'an address of 70 KiB', parts: line(`POST /${'a'.repeat(70 * 1024)} HTTP/1.1`), expect: refusedOnce },
  { name: 'an absolute address', parts: line('POST http://evil.test/api/v1/oauth-clients/impact HTTP/1.1'), expect: one(200) },
  { name: 'an absolute address of no host', parts: line('POST http:///api/v1/session HTTP/1.1'), expect: one(400, 404, 422) },
  { name: 'an authority', parts: line('CONNECT evil.test:443 HTTP/1.1'), expect: { silence: true } },
  { name: 'an asterisk', parts: line('OPTIONS * HTTP/1.1'), expect: one(400, 404, 405) },
  { name: 'HTTP/1.0', parts: line('POST /api/v1/oauth-clients/impact HTTP/1.0'), expect: one(200) },
  { name: 'HTTP/0.9', parts: () => [raw('GET /api/v1/session\r\n\r\n')], expect: refusedOnce },
  { name: 'HTTP/2.0', parts: line('POST /api/v1/oauth-clients/impact HTTP/2.0'), expect: refusedOnce },
  { name: 'HTTP/9.9', parts: line('POST /api/v1/oauth-clients/impact HTTP/9.9'), expect: refusedOnce },
  { name: 'the preface of HTTP/2', parts: () => [raw('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')], expect: refusedOnce },
  { name: 'the hello of TLS', parts: () => [raw('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03')], expect: refusedOnce },
  { name: 'spaces in the request line', parts: line('POST  /api/v1/session  HTTP/1.1'), expect: one(400, 422) },
  { name: 'a request line alone', parts: () => [raw('POST\r\n\r\n')], expect: refusedOnce },
  {
    name: 'bytes of no meaning',
    parts: () => [Buffer.from(Array.from({ length: 2_048 }, (_, index) => (index * 167 + 13) % 256))],
    expect: refusedOnce,
  },
  { name: 'blank lines before the request', parts: (request) => [raw('\r\n\r\n\r\n'), request], expect: one(200) },
  ...['h2c', 'websocket', 'TLS/1.3'].map((protocol) => ({
    name: `an upgrade to ${protocol}`,
    parts: head((lines) => [
      ...without(lines, 'connection'),
      `Upgrade: ${protocol}`,
      'Connection: Upgrade, close',
      'HTTP2-Settings: AAMAAABkAAQAAP__',
    ]),
    expect: one(200, 400, 426),
  })),
  { name: 'a continuation is waited for', parts: (request) => [...expecting('100-continue')(request)], expect: one(100, 200) },
  { name: 'an expectation that nobody meets', parts: (request) => [...expecting('world-peace')(request)], expect: one(417) },
  ...['TRACE', 'TRACK', 'DEBUG', 'SOURCE', 'LINK', 'QUERY', 'PROPFIND'].map((method) => ({
    name: `the method ${method}`,
    parts: line(`${method} /api/v1/oauth-clients/impact HTTP/1.1`),
    expect: one(400, 405, 501),
  })),
  { name: 'a method that is none', parts: line('GE%T /api/v1/session HTTP/1.1'), expect: refusedOnce },
  {
    name: 'twenty requests in one go',
    parts: (request) => [pipelined(request, 19), request],
    expect: { also: (given) => (given.answers.length === 20 ? [] : [`${given.answers.length} answers, not 20`]) },
  },
  { name: 'twenty requests, and nobody reads', parts: (request) => [pipelined(request, 20), 'end'], expect: { silence: true } },
  { name: 'a body cut off', parts: (request) => [request.subarray(0, -3), 'end'], expect: { silence: true } },
  { name: 'a head cut off', parts: (request) => [request.subarray(0, 40), 'end'], expect: { silence: true } },
  { name: 'a connection that says nothing', parts: () => [], expect: slow(), patience_ms: SLOW_MS },
  {
    name: 'a head that never ends',
    parts: (request) => [request.subarray(0, -200), ...trickle('X-A: b\r\n', 500, 60)],
    expect: slow(),
    patience_ms: SLOW_MS,
  },
  {
    name: 'a body that never ends',
    parts: (request) => [...lengths('60000')(request), ...trickle('a', 500, 60)],
    expect: slow(),
    patience_ms: SLOW_MS,
  },
  {
    name: 'a chunked body that never ends',
    parts: (request) => [...chunked('')(request), ...trickle('1\r\na\r\n', 500, 60)],
    expect: slow(),
    patience_ms: SLOW_MS,
  },
  {
    name: 'a body that comes byte by byte',
    parts: (request) => [cut(request)[0], ...[...cut(request)[1]].flatMap((byte): Part[] => [Buffer.from([byte]), 10])],
    expect: one(200),
  },
  {
    name: 'a head that comes byte by byte',
    parts: (request) => [...request].flatMap((byte): Part[] => [Buffer.from([byte]), 1]),
    expect: one(200),
  },
];

/** The server ends what does not come to an end: with a word where it can, and in any case. */
function slow(): Framing['expect'] {
  return { silence: true, also: (given) => (given.ended === 'deadline' ? ['the server went on waiting'] : answers(400, 408)(given)) };
}

function trickle(text: string, pause_ms: number, times: number): Part[] {
  return Array.from({ length: times }, () => [pause_ms, raw(text)]).flat();
}

function expecting(what: string) {
  return (request: Buffer): Part[] => {
    const [top, body] = cut(request);
    return [raw(`${top.toString('latin1').trimEnd()}\r\nExpect: ${what}\r\n\r\n`), 100, body];
  };
}

function pipelined(request: Buffer, times: number): Buffer {
  const kept = raw(request.toString('latin1').replace('connection: close', 'connection: keep-alive'));
  return Buffer.concat(Array.from({ length: times }, () => kept));
}
