import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { escapeText, type Mutation, type Place } from './call.js';
import * as words from './dictionary.js';

/** Where the rules of this product and of PostgreSQL, UTF-8 or Fastify draw a line: at it, just below and just above. */
const LENGTHS = [63, 72, 100, 128, 200, 255, 256, 320, 500, 512, 1_000, 2_048, 4_096, 8_192, 65_535].flatMap((at) => [at - 1, at, at + 1]);

/** Stand for ids of another organization, of people and things that are really there; the world fills them in. */
const FOREIGN = ['~organization_id~', '~team_id~', '~user_id~', '~client_id~', '~token_id~', '~session_id~'];
/** A cursor that some list gave out, and what becomes of it in other hands. */
const CURSORS = ['~cursor~', '~cursor~A', '~cursor~=', 'A~cursor~', '~cursor~~cursor~'];

const latin1 = (bytes: Buffer) => bytes.toString('latin1');
const TEXTS = [...words.NASTY, ...words.INSTANTS, ...words.NUMBERS, ...words.WORDS];
const LONG_TEXTS = ['e\u0301'.repeat(200), '\ufdfa'.repeat(100)];
const LONG_JSON = [
  '['.repeat(10_000) + ']'.repeat(10_000),
  '{"a":'.repeat(9_000) + '1' + '}'.repeat(9_000),
  `[${Array.from({ length: 1_200 }, () => '"a"').join(',')}]`,
];
const LONG_TARGETS = [`/api/v1/teams/${'a'.repeat(300)}`, `/${'a'.repeat(20_000)}`, `/login?${'a&'.repeat(5_000)}`];
/** Other encodings of what would be good, nesting without an end, and sizes around the limits. */
const LONG_BODIES = [
  latin1(gzipSync('{}')),
  latin1(Buffer.from('{"email":"x"}', 'utf16le')),
  '\xff\xfe{\0}\0',
  '['.repeat(50_000),
  '{"a":'.repeat(10_000),
  `${'a=b&'.repeat(16_383)}c=d`,
  ...[64 * 1024, 64 * 1024 + 1].map((length) => 'a'.repeat(length)),
  ' '.repeat(256 * 1024 + 1),
];

const lengths = fc.constantFrom(...LENGTHS).chain((length) => fc.constantFrom('a', 'é', '%', '"', '😀').map((unit) => unit.repeat(length)));

/** Text, before it is encoded for its place. */
const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...TEXTS, ...LONG_TEXTS, ...FOREIGN, ...CURSORS) },
  { weight: 2, arbitrary: lengths },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.uuid() },
);

const encoded = fc.oneof({ weight: 4, arbitrary: text.map(escapeText) }, { weight: 1, arbitrary: fc.constantFrom(...words.BAD_ENCODINGS) });

const quoted = (value: string) => Buffer.from(JSON.stringify(value)).toString('latin1');

const json: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words.JSON_TEXTS, ...words.NUMBERS, ...LONG_JSON) },
  { weight: 5, arbitrary: text.map(quoted) },
  { weight: 2, arbitrary: fc.array(text, { maxLength: 3 }).map((items) => Buffer.from(JSON.stringify(items)).toString('latin1')) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((value) => Buffer.from(value).toString('latin1')) },
);

const header = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...words.HEADER_VALUES) },
  { weight: 2, arbitrary: text.map((value) => Buffer.from(value).toString('latin1')) },
  { weight: 1, arbitrary: lengths.map((value) => Buffer.from(value).toString('latin1')) },
);

const RAW: Record<Place['at'], fc.Arbitrary<string>> = {
  path: encoded,
  query: encoded,
  form: encoded,
  json,
  header,
  cookie: fc.oneof(header, encoded),
  method: fc.constantFrom(...words.METHODS),
  target: fc.constantFrom(...words.TARGETS, ...LONG_TARGETS),
  body: fc.constantFrom(...words.BODIES, ...LONG_BODIES),
};

/** Values of the kind that a name promises: so near to a good one that they get past the first judgement. */
const KINDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/_at$|^(from|to)$/, words.INSTANTS],
  [/_seconds$|^(limit|version|max_age)$/, words.NUMBERS],
  [
    /(^|_)ids?$/,
    [...FOREIGN, ...FOREIGN.map((id) => `${id}\u0000`), 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', '{00000000-0000-0000-0000-000000000000}'],
  ],
  [/^(cursor|sort)$/, [...CURSORS, ...words.WORDS]],
  [/name$|^(search|reason|email)$/, words.NASTY],
];

function rawFor({ at, name }: Place): fc.Arbitrary<string> {
  const kind = KINDS.find(([names]) => names.test(name.split('/').at(-1)!))?.[1];
  if (!kind || (at !== 'path' && at !== 'query' && at !== 'form' && at !== 'json')) return RAW[at];
  const fitting = fc.constantFrom(...kind);
  // As a list too, where a list is what the field takes.
  const inJson = fc.oneof(
    kind === words.NUMBERS ? fitting : fitting.map(quoted),
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
