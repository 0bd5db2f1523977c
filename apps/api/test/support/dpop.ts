import { createHash, generateKeyPairSync, type JsonWebKey, randomUUID, sign } from 'node:crypto';
import type { Answer } from './browser.js';

const MILLISECONDS = 1000;

type Claims = Record<string, unknown>;

/** A client's key, which makes proofs by the standard's own words (RFC 9449 §4.2), with none of the server's libraries. */
export interface DpopKey {
  readonly jwk: JsonWebKey;
  readonly jkt: string;
  /** A good proof for a request, but for what is changed. */
  proof(method: string, url: string, changed?: { claims?: Claims; header?: Claims }): string;
  /** The headers of a request that brings a token which is bound to this key. */
  bring(token: string, method: string, url: string, changed?: Claims): { authorization: string; dpop: string };
}

/** A fresh one, of the curve P-256. */
export function newDpopKey(): DpopKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const { crv, kty, x, y } = jwk;
  const proof: DpopKey['proof'] = (method, url, { claims = {}, header = {} } = {}) => {
    const given = { htm: method, htu: url, jti: randomUUID(), iat: Math.floor(Date.now() / MILLISECONDS), ...claims };
    const signed = [{ typ: 'dpop+jwt', alg: 'ES256', jwk, ...header }, given].map(encoded).join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  };
  return {
    jwk,
    jkt: sha256(JSON.stringify({ crv, kty, x, y })),
    proof,
    bring: (token, method, url, changed = {}) => ({
      authorization: `DPoP ${token}`,
      dpop: proof(method, url, { claims: { ath: sha256(token), ...changed } }),
    }),
  };
}

/** What a refusal tells: status, error code, and the challenge where there is one. */
export function refusalOf({ status, body, headers }: Answer<{ error?: string }>): [number, string | undefined, string | null] {
  return [status, body.error, headers.get('www-authenticate')];
}

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
