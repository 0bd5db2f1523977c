import {
  METADATA_MAX_AGE_SECONDS,
  planSigningKey,
  SIGNING_KEY_KEPT_SECONDS,
  SIGNING_KEY_LEAD_SECONDS,
  SIGNING_KEY_LIFETIME_SECONDS,
  SIGNING_KEYS_READ_SECONDS,
  type SigningKeyCause,
  signingKeyAt,
  signingKeyState,
} from './signing-key.js';
import { ACCESS_TOKEN_LIFETIME } from './token-lifetime.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const key = (active: number, retired: number | null = null) => ({
  active_at: at(active),
  retired_at: retired === null ? null : at(retired),
});

it.each([
  [-1, 'next'],
  [0, 'current'],
  [99, 'current'],
  [100, 'retired'],
  [100 + SIGNING_KEY_KEPT_SECONDS - 1, 'retired'],
  [100 + SIGNING_KEY_KEPT_SECONDS, 'ended'],
] as const)('a key that signs for 100 seconds is, %i seconds from its first, %s', (seconds, state) => {
  expect(signingKeyState(key(0, 100), at(seconds))).toBe(state);
});

it('a key is known to every reader and process before it signs, and until its last token has ended (JW-02)', () => {
  expect(SIGNING_KEY_LEAD_SECONDS).toBeGreaterThan(METADATA_MAX_AGE_SECONDS + SIGNING_KEYS_READ_SECONDS);
  expect(SIGNING_KEY_KEPT_SECONDS).toBeGreaterThanOrEqual(ACCESS_TOKEN_LIFETIME.max);
  expect(SIGNING_KEY_LIFETIME_SECONDS).toBeGreaterThan(SIGNING_KEY_LEAD_SECONDS);
});

it.each([
  [-5, 0],
  [0, 0],
  [99, 0],
  [100, 1],
  [199, 1],
  [200, 2],
])('a token issued %i seconds from the first key is signed by key %i of three', (seconds, index) => {
  const keys = [key(0, 100), key(100, 200), key(200)];
  expect(signingKeyAt(keys, at(seconds))).toBe(keys[index]);
  expect(signingKeyAt(keys.toReversed(), at(seconds))).toBe(keys[index]);
});

it('a token of a withdrawn key is signed by the one that took over, and without keys by none', () => {
  const only = key(100);
  expect(signingKeyAt([only], at(50))).toBe(only);
  expect(signingKeyAt([], at(50))).toBeUndefined();
});

const DUE = SIGNING_KEY_LIFETIME_SECONDS - SIGNING_KEY_LEAD_SECONDS;
it.each<[what: string, keys: ReturnType<typeof key>[], now: number, cause: SigningKeyCause, begins: number | null]>([
  ['no key', [], 7, 'scheduled', 7],
  ['a key a second too young', [key(0)], DUE - 1, 'scheduled', null],
  ['a key whose end is a lead away', [key(0)], DUE, 'scheduled', SIGNING_KEY_LIFETIME_SECONDS],
  ['a key that nobody replaced in time', [key(0)], DUE + 50, 'scheduled', SIGNING_KEY_LIFETIME_SECONDS + 50],
  ['a key whose successor waits', [key(0, DUE + 100), key(DUE + 100)], DUE + 50, 'scheduled', null],
  ['a young key', [key(0)], 7, 'requested', 7 + SIGNING_KEY_LEAD_SECONDS],
  ['a successor that waits', [key(0, 100), key(100)], 50, 'requested', null],
  ['a successor that has begun', [key(0, 100), key(100)], 100, 'requested', 100 + SIGNING_KEY_LEAD_SECONDS],
  ['a key that leaked', [key(0)], 7, 'compromised', 7],
  ['a key that leaked while its successor waits', [key(0, 100), key(100)], 50, 'compromised', 50],
])('%# with %s the next one begins when it has to', (_, keys, now, cause, begins) => {
  expect(planSigningKey(keys, at(now), cause)).toEqual(begins === null ? null : at(begins));
});
