import { type ActiveToken, DPOP_PROOF_KEPT_SECONDS, DPOP_PROOF_LEEWAY_SECONDS } from '@behalf/domain';
import type { ReadProof } from '@behalf/dpop';
import { createHash } from 'node:crypto';
import { Proofs } from './proofs.js';

const MILLISECONDS = 1000;
const KEY = 'k'.repeat(43);
const OTHER = 'o'.repeat(43);
const faults: Error[] = [];
const SETTINGS = {
  public_url: 'https://api.test',
  replay_store: null,
  max_fresh_proofs: 10,
  dpop_nonce_secrets: null,
  on_fault: (fault: Error) => void faults.push(fault),
};
const token = (jkt: string | null) => ({ ...(jkt && { cnf: { jkt } }) }) as ActiveToken;
const proof = (jkt: string, seconds = 0): ReadProof => ({
  jkt,
  id: createHash('sha256').update(`${jkt}${seconds}`).digest(),
  jti: 'j',
  iat: Date.now() / MILLISECONDS + seconds,
  nonce: null,
});
const [BEARER, DPOP] = [{ scheme: 'bearer', token: 't' } as const, { scheme: 'dpop', token: 't' } as const];

it.each([
  ['a bearer token as one', null, BEARER, null, null],
  ['a bearer token as a bound one', null, DPOP, proof(KEY), 'unbound'],
  ['a bound token as a bearer one', KEY, BEARER, null, 'bound'],
  ['a bound token with its key', KEY, DPOP, proof(KEY), null],
  ['a bound token with another key', KEY, DPOP, proof(OTHER), 'other_key'],
  ['a bound token with a stale proof', KEY, DPOP, proof(KEY, -DPOP_PROOF_LEEWAY_SECONDS - 5), 'iat'],
  ['a bound token with a proof from the future', KEY, DPOP, proof(KEY, DPOP_PROOF_LEEWAY_SECONDS + 5), 'iat'],
] as const)('%s (DP-03)', async (_, jkt, presented, given, fault) => {
  expect(await new Proofs(SETTINGS).hold(token(jkt), presented, given)).toBe(fault);
});

it('a proof is taken once, and a store that is shared says so for all (DP-03)', async () => {
  const proofs = new Proofs(SETTINGS);
  const used = proof(KEY);
  expect([await proofs.hold(token(KEY), DPOP, used), await proofs.hold(token(KEY), DPOP, used)]).toEqual([null, 'replayed']);

  const taken: [string, number][] = [];
  const replay_store = { take: async (id: string, keep: number) => taken.push([id, keep]) < 2 };
  const [one, two] = [new Proofs({ ...SETTINGS, replay_store }), new Proofs({ ...SETTINGS, replay_store })];
  expect([await one.hold(token(KEY), DPOP, used), await two.hold(token(KEY), DPOP, used)]).toEqual([null, 'replayed']);
  expect(taken[0]).toEqual([used.id.toString('base64url'), DPOP_PROOF_KEPT_SECONDS]);
});

it('a token of the wrong key costs no place among the proofs (DP-03)', async () => {
  const take = jest.fn(() => true);
  await new Proofs({ ...SETTINGS, replay_store: { take } }).hold(token(KEY), DPOP, proof(OTHER));
  expect(take).not.toHaveBeenCalled();
});

it.each([
  ['no header', {}, 'missing'],
  ['two headers', { dpop: ['a', 'b'] }, 'malformed'],
  ['nonsense', { dpop: 'a' }, 'malformed'],
] as const)('with %s a bound token is refused before anybody is asked (DP-03)', async (_, headers, fault) => {
  expect(await new Proofs(SETTINGS).read(DPOP, { method: 'GET', url: '/', ...headers })).toBe(fault);
});

it.each([
  ['where callers are', { ...SETTINGS, public_url: null }, { method: 'GET', url: '/' }],
  ['what method was used', SETTINGS, { url: '/' }],
  ['what address was used', SETTINGS, { method: 'GET' }],
] as const)('who does not say %s takes no bound token, and is told why (DP-03)', async (_, settings, request) => {
  faults.length = 0;
  expect(await new Proofs(settings).read(DPOP, { ...request, dpop: 'a.b.c' })).toBe('htu');
  expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('public_url')]);
});
