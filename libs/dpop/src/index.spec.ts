import { DPOP_SIGNING_ALGORITHMS } from '@behalf/domain';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { createHash, randomUUID } from 'node:crypto';
import { readProof } from './index.js';

const REQUEST = { method: 'POST', url: 'https://auth.example.com/oauth2/token' };
const AT = 'bhf_at_token';
const ath = createHash('sha256').update(AT).digest('base64url');

async function signer(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const claims = { htm: 'POST', htu: REQUEST.url, jti: randomUUID(), iat: Math.floor(Date.now() / 1000) };
  const sign = (changed: JWTPayload = {}, header: Partial<JWTHeaderParameters> = {}) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader({ typ: 'dpop+jwt', alg, jwk, ...header }).sign(privateKey);
  return { jwk, privateKey, claims, sign };
}

it.each(DPOP_SIGNING_ALGORITHMS)('a proof signed with %s is read, and always by the same key (DP-01)', async (alg) => {
  const { sign, claims } = await signer(alg);
  const [first, again] = [await readProof(await sign(), REQUEST), await readProof(await sign(), REQUEST)];
  expect(first).toEqual({
    jkt: expect.stringMatching(/^[\w-]{43}$/),
    jti: claims.jti,
    iat: claims.iat,
    nonce: null,
    id: expect.any(Buffer),
  });
  expect(again).toEqual(first);
});

it('the key of a proof is told by the thumbprint of its public part (DP-01)', async () => {
  const { sign, jwk } = await signer('ES256');
  const canonical = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  expect(await readProof(await sign(), REQUEST)).toMatchObject({ jkt: createHash('sha256').update(canonical).digest('base64url') });
});

describe('what is signed by another key than it shows, or changed after it was signed, is refused (DP-01)', () => {
  it('another key', async () => {
    const [one, other] = [await signer('ES256'), await signer('ES256')];
    expect(await readProof(await one.sign({}, { jwk: other.jwk }), REQUEST)).toBe('signature');
  });

  it('a key of another curve', async () => {
    const [one, other] = [await signer('ES256'), await signer('ES384')];
    expect(await readProof(await one.sign({}, { jwk: other.jwk }), REQUEST)).toBe('signature');
  });

  it('changed claims', async () => {
    const { sign, claims } = await signer('ES256');
    const [header, , signature] = (await sign()).split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, jti: 'another' })).toString('base64url');
    expect(await readProof(`${header}.${changed}.${signature}`, REQUEST)).toBe('signature');
  });

  it('an extension that has to be understood', async () => {
    const { sign } = await signer('ES256');
    const [, claims, signature] = (await sign()).split('.');
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: (await signer('ES256')).jwk, crit: ['x'], x: 1 };
    expect(await readProof([Buffer.from(JSON.stringify(header)).toString('base64url'), claims, signature].join('.'), REQUEST)).toBe(
      'signature',
    );
  });
});

it('what is no proof, two of them, or too long is refused before anything is computed (DP-01)', async () => {
  const { sign } = await signer('ES256');
  const [one, two] = [await sign(), await sign({ jti: 'two' })];
  for (const header of ['', 'nonsense', 'a.b.c', `${one}, ${two}`, `${one},${two}`])
    expect(await readProof(header, REQUEST)).toBe('malformed');
  expect(await readProof(await sign({ padding: 'x'.repeat(4096) }), REQUEST)).toBe('malformed');
});

it('a proof for a token fits that token alone (DP-03)', async () => {
  const { sign } = await signer('ES256');
  const proof = await sign({ ath });
  expect(await readProof(proof, { ...REQUEST, access_token: AT })).toHaveProperty('jkt');
  expect(await readProof(proof, { ...REQUEST, access_token: `${AT}x` })).toBe('ath');
  expect(await readProof(await sign(), { ...REQUEST, access_token: AT })).toBe('ath');
});
