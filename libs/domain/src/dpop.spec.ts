import { bearerToken, presentedToken } from './bearer.js';
import {
  checkBinding,
  checkDpopClaims,
  checkDpopHeader,
  DPOP_NONCE_SLOT_SECONDS,
  DPOP_PROOF_KEPT_SECONDS,
  DPOP_PROOF_LEEWAY_SECONDS,
  dpopChallenge,
  type DpopFault,
  isFreshProof,
  isLiveNonceSlot,
  isThumbprint,
  nonceSlot,
} from './dpop.js';

const EC = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' };
const HEADER = { typ: 'dpop+jwt', alg: 'ES256', jwk: EC };
const rsa = (bits: number, e = 'AQAB') => ({ kty: 'RSA', n: 'n'.repeat(Math.ceil(bits / 6)), e });

describe('a header', () => {
  const CASES: [string, object, DpopFault | null][] = [
    ['as it should be', {}, null],
    ['without a type', { typ: undefined }, 'typ'],
    ['of another type', { typ: 'JWT' }, 'typ'],
    ['whose type is in capitals', { typ: 'DPoP+JWT' }, 'typ'],
    ['without an algorithm', { alg: undefined }, 'alg'],
    ['with none', { alg: 'none' }, 'alg'],
    ['with a shared key', { alg: 'HS256' }, 'alg'],
    ['with one that is not offered', { alg: 'ES256K' }, 'alg'],
    ['without a key', { jwk: undefined }, 'jwk'],
    ['with a text for a key', { jwk: 'key' }, 'jwk'],
    ['with a list for a key', { jwk: [EC] }, 'jwk'],
    ['with a private key', { jwk: { ...EC, d: 'd' } }, 'jwk'],
    ['with a part of a private RSA key', { jwk: { ...rsa(2048), qi: 'q' } }, 'jwk'],
    ['with a symmetric key', { jwk: { kty: 'oct', k: 'k' } }, 'jwk'],
    ['with a key of no known type', { jwk: { ...EC, kty: 'AKP' } }, 'jwk'],
    ['with an Edwards key', { alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' } }, null],
    ['with an RSA key just too short', { alg: 'RS256', jwk: rsa(2040) }, 'jwk'],
    ['with the shortest RSA key', { alg: 'RS256', jwk: rsa(2048) }, null],
    ['with the longest RSA key', { alg: 'PS256', jwk: rsa(4096) }, null],
    ['with an RSA key just too long', { alg: 'PS256', jwk: rsa(4104) }, 'jwk'],
    ['with a costly exponent', { alg: 'RS256', jwk: rsa(2048, 'AQABAQAB') }, 'jwk'],
  ];
  it.each(CASES)('%s', (_, changed, fault) => expect(checkDpopHeader({ ...HEADER, ...changed })).toBe(fault));
});

const REQUEST = { htm: 'POST', htu: 'https://auth.example.com/oauth2/token', ath: 'hash' };
const CLAIMS = { htm: 'POST', htu: REQUEST.htu, ath: 'hash', jti: 'one', iat: 1000 };

describe('claims', () => {
  const CASES: [string, object, DpopFault | null][] = [
    ['as they should be', {}, null],
    ['for another method', { htm: 'GET' }, 'htm'],
    ['for the method in another case', { htm: 'post' }, 'htm'],
    ['for no method', { htm: undefined }, 'htm'],
    ['for another path', { htu: 'https://auth.example.com/oauth2/par' }, 'htu'],
    ['for another host', { htu: 'https://auth.example.org/oauth2/token' }, 'htu'],
    ['for another port', { htu: 'https://auth.example.com:8443/oauth2/token' }, 'htu'],
    ['without TLS', { htu: 'http://auth.example.com/oauth2/token' }, 'htu'],
    ['for a path below', { htu: `${REQUEST.htu}/` }, 'htu'],
    ['for no address', { htu: '/oauth2/token' }, 'htu'],
    ['for an address with a name in it', { htu: 'https://auth.example.com@evil.example/oauth2/token' }, 'htu'],
    ['for a number', { htu: 7 }, 'htu'],
    ['with a query and a fragment, which do not count', { htu: `${REQUEST.htu}?a=b#c` }, null],
    ['in another spelling', { htu: 'HTTPS://AUTH.example.com:443/oauth2/x/../%74oken' }, null],
    ['of another token', { ath: 'other' }, 'ath'],
    ['of no token', { ath: undefined }, 'ath'],
    ['without an id', { jti: undefined }, 'jti'],
    ['with an empty id', { jti: '' }, 'jti'],
    ['with the longest id', { jti: 'a'.repeat(256) }, null],
    ['with a longer id', { jti: 'a'.repeat(257) }, 'jti'],
    ['without a time', { iat: undefined }, 'iat'],
    ['with a time in words', { iat: '1000' }, 'iat'],
    ['with a nonce that is no text', { nonce: 1 }, 'nonce'],
  ];
  it.each(CASES)('%s', (_, changed, fault) => {
    const checked = checkDpopClaims({ ...CLAIMS, ...changed }, REQUEST);
    expect('fault' in checked ? checked.fault : null).toBe(fault);
  });

  it('are handed on, and need no hash where no token comes', () => {
    const { ath, ...claims } = CLAIMS;
    expect(checkDpopClaims({ ...claims, nonce: 'n' }, { ...REQUEST, ath: null })).toEqual({ jti: 'one', iat: 1000, nonce: 'n' });
    expect(ath).toBe('hash');
  });

  it('keep apart what an escape keeps apart', () => {
    const [slash, escaped] = ['https://a.test/x/y', 'https://a.test/x%2fy'];
    expect(checkDpopClaims({ ...CLAIMS, htu: escaped }, { ...REQUEST, htu: slash })).toEqual({ fault: 'htu' });
    expect(checkDpopClaims({ ...CLAIMS, htu: escaped }, { ...REQUEST, htu: 'https://a.test/x%2Fy' })).not.toHaveProperty('fault');
  });
});

it.each([
  ['now', 0, true],
  ['at the edge of the past', -DPOP_PROOF_LEEWAY_SECONDS, true],
  ['before it', -DPOP_PROOF_LEEWAY_SECONDS - 0.001, false],
  ['at the edge of the future', DPOP_PROOF_LEEWAY_SECONDS, true],
  ['after it', DPOP_PROOF_LEEWAY_SECONDS + 0.001, false],
])('a proof made %s', (_, off, fresh) => {
  const now = 1_000_000;
  expect(isFreshProof(now + off, now)).toBe(fresh);
});

it('a proof is remembered until it is stale, however far ahead its clock was', () => {
  const iat = 1_000_000;
  const earliest = iat - DPOP_PROOF_LEEWAY_SECONDS;
  expect(isFreshProof(iat, earliest)).toBe(true);
  expect(isFreshProof(iat, earliest + DPOP_PROOF_KEPT_SECONDS)).toBe(false);
  expect(isFreshProof(iat, earliest + DPOP_PROOF_KEPT_SECONDS - DPOP_PROOF_LEEWAY_SECONDS)).toBe(true);
});

it.each([
  [null, 'bearer', null, null],
  [null, 'bearer', 'K', null],
  [null, 'dpop', null, 'unbound'],
  [null, 'dpop', 'K', 'unbound'],
  ['K', 'bearer', null, 'bound'],
  ['K', 'bearer', 'K', 'bound'],
  ['K', 'dpop', null, 'missing'],
  ['K', 'dpop', 'L', 'other_key'],
  ['K', 'dpop', 'K', null],
] as const)('a token bound to %s, sent as %s with a proof of %s', (bound, scheme, proven_jkt, fault) => {
  expect(checkBinding(bound, { scheme, proven_jkt })).toBe(fault);
});

it.each([
  ['bound', 'invalid_token'],
  ['unbound', 'invalid_token'],
  ['other_key', 'invalid_token'],
  ['missing', 'invalid_dpop_proof'],
  ['htu', 'invalid_dpop_proof'],
  ['replayed', 'invalid_dpop_proof'],
  ['nonce', 'use_dpop_nonce'],
] as const)('the challenge for what is %s says %s, and how to sign', (fault, error) => {
  expect(dpopChallenge('api', fault)).toBe(`DPoP realm="api", error="${error}", algs="ES256 ES384 ES512 EdDSA Ed25519 PS256 RS256"`);
});

it('the challenge leads to where the API is described', () => {
  expect(dpopChallenge('a"pi', 'htu', 'https://api.test/m')).toMatch(
    /^DPoP realm="a\\"pi", .*, resource_metadata="https:\/\/api\.test\/m"$/,
  );
});

it('a nonce counts in its own stretch of time and its neighbours', () => {
  const now = 50 * DPOP_NONCE_SLOT_SECONDS;
  expect([nonceSlot(now - 0.001), nonceSlot(now)]).toEqual([49, 50]);
  expect([48, 49, 50, 51, 52].map((slot) => isLiveNonceSlot(slot, now))).toEqual([false, true, true, true, false]);
});

it.each([
  ['a'.repeat(43), true],
  ['a'.repeat(42), false],
  ['a'.repeat(44), false],
  [`${'a'.repeat(42)}=`, false],
])('%s is a thumbprint: %s', (text, is) => expect(isThumbprint(text)).toBe(is));

it.each([
  [undefined, undefined],
  ['Bearer abc', { scheme: 'bearer', token: 'abc' }],
  ['bearer  abc', { scheme: 'bearer', token: 'abc' }],
  ['DPoP abc', { scheme: 'dpop', token: 'abc' }],
  ['dpop abc', { scheme: 'dpop', token: 'abc' }],
  ['DPoP', null],
  ['DPoP a b', null],
  ['DPoPabc', null],
  ['Basic abc', null],
])('an Authorization header %s brings %o', (header, presented) => expect(presentedToken(header)).toEqual(presented));

it('a bound token is no bearer token', () => expect(bearerToken('DPoP abc')).toBeNull());
