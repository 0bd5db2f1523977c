import { checkDpopClaims, checkDpopHeader, DPOP_PROOF_MAX_CHARACTERS, type DpopClaims, type DpopFault } from '@behalf/domain';
import { calculateJwkThumbprint, compactVerify, decodeJwt, decodeProtectedHeader, EmbeddedJWK, type JWK } from 'jose';
import { createHash } from 'node:crypto';

export { DpopNonces } from './nonces.js';

/** A proof whose parts and signature are good. Whether it is fresh, and new, its reader has to judge. */
export interface ReadProof extends DpopClaims {
  /** The thumbprint of the key that it was signed with (RFC 7638). */
  readonly jkt: string;
  /** What tells one proof of a key from another, hashed: the same for every request that the proof is sent with. */
  readonly id: Buffer;
}

/** What a proof has to be made for. */
export interface ProofRequest {
  readonly method: string;
  /** The address as callers write it. */
  readonly url: string;
  /** The token that it comes with; undefined where none does. */
  readonly access_token?: string | undefined;
}

/**
 * Reads the `DPoP` header of a request (RFC 9449 §4.3). The signature, which is what costs, is checked last, by the runtime's own threads.
 *
 * @param header as Node.js has it: what was sent twice is joined by a comma, and so is no proof
 */
export async function readProof(header: string, { method, url, access_token }: ProofRequest): Promise<ReadProof | DpopFault> {
  const parts = header.length <= DPOP_PROOF_MAX_CHARACTERS ? decode(header) : null;
  if (!parts) return 'malformed';
  const fault = checkDpopHeader(parts.header);
  if (fault) return fault;
  const ath = access_token === undefined ? null : sha256(access_token).toString('base64url');
  const claims = checkDpopClaims(parts.claims, { htm: method, htu: url, ath });
  if ('fault' in claims) return claims.fault;
  try {
    await compactVerify(header, EmbeddedJWK);
    const jkt = await calculateJwkThumbprint(parts.header['jwk'] as JWK, 'sha256');
    return { ...claims, jkt, id: sha256(`${jkt} ${claims.jti}`) };
  } catch {
    return 'signature';
  }
}

function decode(proof: string): { header: Record<string, unknown>; claims: Record<string, unknown> } | null {
  try {
    return { header: decodeProtectedHeader(proof), claims: decodeJwt(proof) };
  } catch {
    return null;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
