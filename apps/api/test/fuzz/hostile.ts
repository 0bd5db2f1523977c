import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { escapeText, type Mutation, type Place } from './call.js';

/** Where the rules of this product and of PostgreSQL, UTF-8 or Fastify draw a line: at it, just below and just above. */
const LENGTHS = [63, 72, 100, 128, 200, 255, 256, 320, 500, 512, 1_000, 2_048, 4_096, 8_192, 65_535].flatMap((at) => [at - 1, at, at + 1]);

const INSTANTS = [
  ...['0000-01-01', '0001-01-01', '9999-12-31', '2026-02-30', '1970-01-01', '2026-13-01', '+275760-09-13T00:00:00Z', '-000001-01-01'],
  ...['2026-01-01T00:00:00+23:59', '2026-01-01T00:00:00-23:59', '2026-01-01T00:00+16:00', '2026-01-01T24:00:00Z', '2026-12-31T23:59:60Z'],
  ...['9999-12-31T23:59:59.999999999-15:59', '0000-01-01T00:00:00+15:59', '0001-01-01T00:00Z', '2026-01-01T00:00:00.1234567890Z'],
  ...['infinity', '-infinity', 'epoch', 'now', 'allballs', '4713-01-01 BC', '2026-W01-1', '1', '1e9'],
];

const NUMBERS = [
  ...['0', '-0', '-1', '1', '1.5', '2', '200', '201', '2147483647', '2147483648', '-2147483649', '4294967296', '9007199254740993'],
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '18446744073709551616',
    '1e21',
    '1e308',
    '1e400',
    '-1e400',
    '1e-400',
    '31536001',
    '2592001',
  ],
];

/** Words that a route may know at some other place, so that a value is of the right kind and yet wrong. */
const WORDS = [
  ...[
    'mine',
    'organization',
    'single',
    'multiple',
    'read_only',
    'full_access',
    'enabled',
    'disabled',
    'active',
    'suspended',
    'ended',
    'expired',
  ],
  ...[
    'revoked',
    'csv',
    'ndjson',
    'true',
    'false',
    'null',
    'undefined',
    'NaN',
    'ui',
    'oauth',
    'system',
    'success',
    'allow',
    'deny',
    'confidential',
  ],
  ...[
    'public',
    'user_authorized',
    'platform_admin',
    'read_only_user',
    'openid profile email read write',
    'read',
    'write',
    'offline_access',
    'code',
  ],
  ...[
    'S256',
    'plain',
    'query',
    'fragment',
    'form_post',
    'none',
    'login',
    'consent',
    'select_account',
    'authorization_code',
    'refresh_token',
  ],
  ...[
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:device_code',
    'long_lived_full_access',
    'client_name',
    '-client_name',
    'name',
    '-at',
  ],
  ...[
    'last_used_at',
    '-created_at',
    'client.created',
    'token.reused',
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  ],
];

/** Each of these has broken some parser, page, log or database. */
const NASTY = [
  ...[
    '',
    ' ',
    '\t',
    '\u0000',
    'a\u0000b',
    '\u0001',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u200b',
    '\u202eevil',
    '\u2066x',
    'а',
    'ｆｕｌｌ',
    '\u0301',
  ],
  ...['\ud800', '\udc00x', 'x\udbff', '😀', '👩‍👩‍👧‍👦', 'e\u0301'.repeat(200), 'ﷺ'.repeat(100), 'İ', 'ß'],
  ...[
    '\r\nSet-Cookie: bhf_session=stolen',
    '\nLocation: https://evil.test/',
    '%0d%0aX-Injected: 1',
    '<script>alert(1)</script>',
    '"><img src=x onerror=1>',
  ],
  ...[
    "' OR 1=1--",
    '\\',
    '\\0',
    '%',
    '_',
    '%25',
    '${7*7}',
    '{{7*7}}',
    '$1',
    '../../../../etc/passwd',
    '..\\..\\',
    '/',
    '//',
    '?',
    '#',
    '&',
    '=',
    ';',
    '|',
    '`id`',
  ],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', 'then', '[object Object]'],
  ...[
    'javascript:alert(1)',
    'data:text/html,x',
    'http://user:pw@evil.test/',
    'https://app.test/callback#x',
    'https://app.test:443/callback',
    '//evil.test/',
  ],
  ...[
    'http://[::1]/',
    'http://localhost:1/',
    'http://127.0.0.1.evil.test/',
    'https://app.test/call back',
    'HTTPS://APP.TEST/callback',
    'https://xn--/',
  ],
  ...[
    'bhf_at_',
    'bhf_ac_x',
    'bhf_rt_' + 'A'.repeat(64),
    'bhf_at_' + '-'.repeat(64),
    'bhf_cs_',
    'bhf_ss_',
    'eyJhbGciOiJub25lIn0.e30.',
    'WyJ4Il0',
    'AAAA',
  ],
];

/** Stand for ids of another organization, of people and things that are really there; the world fills them in. */
const FOREIGN = ['~organization_id~', '~team_id~', '~user_id~', '~client_id~', '~token_id~', '~session_id~'];
/** A cursor that some list gave out, and what becomes of it in other hands. */
const CURSORS = ['~cursor~', '~cursor~A', '~cursor~=', 'A~cursor~', '~cursor~~cursor~'];

const lengths = fc.constantFrom(...LENGTHS).chain((length) => fc.constantFrom('a', 'é', '%', '"', '😀').map((unit) => unit.repeat(length)));

/** Text, before it is encoded for its place. */
const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NASTY, ...INSTANTS, ...NUMBERS, ...WORDS, ...FOREIGN, ...CURSORS) },
  { weight: 2, arbitrary: lengths },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.uuid() },
);

/** What no encoder would write: percent signs without digits, overlong and surrogate UTF-8, raw bytes. */
const BAD_ENCODINGS = [
  ...[
    '%',
    '%z',
    '%zz',
    '%0',
    '%00',
    '%C0%AF',
    '%C0%80',
    '%E0%80%AF',
    '%ED%A0%80',
    '%ED%B0%80',
    '%F4%90%80%80',
    '%F8%88%80%80%80',
    '%FF%FE',
    '%80',
  ],
  ...[
    '%u0041',
    '%2500',
    '%252e%252e%252f',
    '%E2%80%AE',
    '%EF%BB%BF',
    '+',
    '%2B',
    '\x80',
    '\xff\xfe',
    '\xc0\xaf',
    '\xed\xa0\x80',
    'a;b',
    '[]',
    '[0]=1',
  ],
];

const encoded = fc.oneof({ weight: 4, arbitrary: text.map(escapeText) }, { weight: 1, arbitrary: fc.constantFrom(...BAD_ENCODINGS) });

const JSON_TEXTS = [
  ...[
    'null',
    'true',
    'false',
    '[]',
    '{}',
    '[[]]',
    '[{}]',
    '[null]',
    '[1,"a",null]',
    '""',
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\uD83D"',
  ],
  ...[
    '{"__proto__":{"x":1}}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"toString":1}',
    '{"then":1}',
    '{"length":1e9}',
    '{"0":"a","length":1}',
  ],
  ...[
    '{"a":1,"a":2}',
    '"\xff"',
    '"\xc0\xaf"',
    '"\xed\xa0\x80"',
    '01',
    '.5',
    '+1',
    '0x1',
    'NaN',
    'Infinity',
    "'x'",
    'undefined',
    '/**/1',
    '1 2',
    '',
  ],
  `${'['.repeat(20)}${']'.repeat(20)}`,
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  `${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}`,
  `[${Array.from({ length: 1_200 }, () => '"a"').join(',')}]`,
];

const quoted = (value: string) => Buffer.from(JSON.stringify(value)).toString('latin1');

const json: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...JSON_TEXTS, ...NUMBERS) },
  { weight: 5, arbitrary: text.map(quoted) },
  { weight: 2, arbitrary: fc.array(text, { maxLength: 3 }).map((items) => Buffer.from(JSON.stringify(items)).toString('latin1')) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((value) => Buffer.from(value).toString('latin1')) },
);

const HEADER_VALUES = [
  ...[
    'Bearer',
    'Bearer ',
    'bearer x',
    'Bearer a, Bearer b',
    'Basic',
    'Basic !!!',
    'Basic OnNlY3JldA==',
    'Basic /////w==',
    'Basic YTpiOmM=',
    'Digest x=1',
  ],
  ...[
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json;',
    'APPLICATION/JSON',
    'application/json, text/html',
  ],
  ...[
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/x-www-form-urlencoded; charset=utf-16',
    'a/b; c="',
    '; ;',
    '/',
  ],
  ...[
    'gzip',
    'br, gzip, identity;q=0',
    'null',
    'https://evil.test',
    'same-origin',
    'cross-site',
    '127.0.0.1, 10.0.0.1',
    '::1%eth0',
    'bytes=0-1,5-',
    '*/*;q=2',
  ],
  ...[
    'a=b; a=c',
    '=;=',
    'bhf_session=',
    'bhf_session="',
    '$Version=1',
    '\xff\xfe',
    '\t x \t',
    '"',
    'W/"x"',
    'GET',
    'upgrade',
    'keep-alive, x',
  ],
];

const header = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HEADER_VALUES) },
  { weight: 2, arbitrary: text.map((value) => Buffer.from(value).toString('latin1')) },
  { weight: 1, arbitrary: lengths.map((value) => Buffer.from(value).toString('latin1')) },
);

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'PURGE',
  'get',
  'BREW',
  'GET\xff',
  'M-SEARCH',
];

const TARGETS = [
  ...[
    '*',
    '/',
    '//',
    '/api',
    '/api/',
    '/api/v1',
    '/api/v1/',
    '/api/v1/%2e%2e/',
    '/oauth2',
    '/oauth2/',
    '/oauth2/../api/v1/session',
    '/%',
    '/?%',
  ],
  ...[
    'http://evil.test/api/v1/session',
    'https://evil.test:1/oauth2/userinfo',
    'evil.test:443',
    '/api/v1/session#x',
    '/api/v1/session?__proto__[x]=1',
  ],
  ...[
    '/api/v1/oauth-clients?limit=1&limit=2',
    '/api/v1/oauth-clients?search[]=x',
    '/API/V1/session',
    '/api//v1/session',
    '/api/v1/session/',
    '/\xff',
  ],
  ...[
    '/assets/../../package.json',
    '/assets/%2e%2e/%2e%2e/package.json',
    '/assets/..%2f..%2fpackage.json',
    '/index.html%00',
    '/.env',
    '/errors?x=<script>',
  ],
  ...[
    '/.well-known/',
    '/.well-known/../etc',
    '/health/',
    '/health/live/x',
    '/api/v1/teams/' + 'a'.repeat(300),
    '/' + 'a'.repeat(20_000),
    '/login?' + 'a&'.repeat(5_000),
  ],
];

const latin1 = (bytes: Buffer) => bytes.toString('latin1');
const BODIES = [
  ...[
    '',
    ' ',
    'null',
    '[]',
    '"x"',
    '1',
    '{',
    '{}',
    '{"',
    '{"a":1}}',
    '\xef\xbb\xbf{}',
    '\xff\xfe{\x00}\x00',
    '{}\x00',
    '\x00',
    '&&&',
    '=',
    'a=%',
    '%00=%00',
    '--x\r\n',
  ],
  latin1(gzipSync('{}')),
  latin1(Buffer.from('{"email":"x"}', 'utf16le')),
  '['.repeat(50_000),
  '{"a":'.repeat(10_000),
  '{"__proto__":null,"constructor":null}',
  'a=b&'.repeat(16_383) + 'c=d',
  'a'.repeat(64 * 1024),
  'a'.repeat(64 * 1024 + 1),
  ' '.repeat(256 * 1024 + 1),
];

const RAW: Record<Place['at'], fc.Arbitrary<string>> = {
  path: encoded,
  query: encoded,
  form: encoded,
  json,
  header,
  cookie: fc.oneof(header, encoded),
  method: fc.constantFrom(...METHODS),
  target: fc.constantFrom(...TARGETS),
  body: fc.constantFrom(...BODIES),
};

/** Values of the kind that a name promises: so near to a good one that they get past the first judgement. */
const KINDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/_at$|^(from|to)$/, INSTANTS],
  [/_seconds$|^(limit|version|max_age)$/, NUMBERS],
  [
    /(^|_)ids?$/,
    [...FOREIGN, ...FOREIGN.map((id) => `${id}\u0000`), 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', '{00000000-0000-0000-0000-000000000000}'],
  ],
  [/^(cursor|sort)$/, [...CURSORS, ...WORDS]],
  [/name$|^(search|reason|email)$/, NASTY],
];

function rawFor({ at, name }: Place): fc.Arbitrary<string> {
  const kind = KINDS.find(([names]) => names.test(name.split('/').at(-1)!))?.[1];
  if (!kind || (at !== 'path' && at !== 'query' && at !== 'form' && at !== 'json')) return RAW[at];
  const fitting = fc.constantFrom(...kind);
  // As a list too, where a list is what the field takes.
  const inJson = fc.oneof(
    kind === NUMBERS ? fitting : fitting.map(quoted),
    fitting.map((value) => `[${quoted(value)}]`),
  );
  return fc.oneof(RAW[at], at === 'json' ? inJson : fitting.map(escapeText));
}

/** One or two changes of a call, so that the rest of it leads them as deep as it can. */
export function mutations(own: readonly Place[], everywhere: readonly Place[]): fc.Arbitrary<Mutation[]> {
  const anywhere = fc.constantFrom(...everywhere);
  // A route's own fields lead deeper than the headers that are everybody's.
  const place = own.length ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...own) }, { weight: 1, arbitrary: anywhere }) : anywhere;
  const one = place.chain(({ at, name }) =>
    fc.record({
      at: fc.constant(at),
      name: fc.constant(name),
      act: fc.oneof({ weight: 6, arbitrary: fc.constant('set' as const) }, fc.constantFrom('repeat' as const, 'drop' as const)),
      raw: rawFor({ at, name }),
    }),
  );
  return fc.array(one, { minLength: 1, maxLength: 2 });
}
