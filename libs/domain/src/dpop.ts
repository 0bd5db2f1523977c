import { challenge } from './bearer.js';
import type { Seconds } from './token-status.js';

/** How a proof may be signed: by a key pair alone (RFC 9449 §4.2), in the order in which the metadata tells them. */
export const DPOP_SIGNING_ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const;

/** More than a proof with the largest key takes. */
export const DPOP_PROOF_MAX_CHARACTERS = 4096;
/** Room for any identifier that somebody would make up; only its hash is kept. */
const JTI_MAX_CHARACTERS = 256;

/** How far a proof's own time may lie from ours, in either direction: clocks differ, and a proof is made for one request. */
export const DPOP_PROOF_LEEWAY_SECONDS = 60;
/** A proof that was seen is remembered for as long as it could be taken for fresh, and longer, since a clock may be set back meanwhile. */
export const DPOP_PROOF_KEPT_SECONDS = 3 * DPOP_PROOF_LEEWAY_SECONDS;

/** A nonce of ours belongs to one of these stretches of time, and is taken in the next one too. */
export const DPOP_NONCE_SLOT_SECONDS = 120;

/** Below nobody should sign any more; above, a signature costs more than what it protects. */
const RSA_BITS = { min: 2048, max: 4096 };
/** An exponent as long as the modulus would make each check some hundred times as slow. */
const RSA_EXPONENT_MAX_CHARACTERS = 6;
const BITS_PER_CHARACTER = 6;
const BITS_PER_BYTE = 8;

/** What of a proof is wrong. */
export type DpopFault =
  | 'missing'
  | 'malformed'
  | 'typ'
  | 'alg'
  | 'jwk'
  | 'htm'
  | 'htu'
  | 'ath'
  | 'jti'
  | 'iat'
  | 'signature'
  | 'nonce'
  | 'replayed'
  /** A good proof, and a token that is bound to another key. */
  | 'other_key'
  /** A bound token that came as a bearer token does. */
  | 'bound'
  /** A token that is bound to no key, which came as a bound one does. */
  | 'unbound';

/** What a proof has to be made for. */
export interface DpopRequest {
  /** The method, as it is written in the request. */
  readonly htm: string;
  /** The address as callers write it; query and fragment do not count. */
  readonly htu: string;
  /** Base64url of the SHA-256 of the access token that it comes with; null where none does. */
  readonly ath: string | null;
}

/** The claims of a proof that were found good. */
export interface DpopClaims {
  readonly jti: string;
  readonly iat: Seconds;
  readonly nonce: string | null;
}

/** What is wrong with a proof's header, its signature apart (RFC 9449 §4.3, items 4 to 7). */
export function checkDpopHeader(header: object): DpopFault | null {
  const { typ, alg, jwk } = header as Record<string, unknown>;
  if (typ !== 'dpop+jwt') return 'typ';
  if (!DPOP_SIGNING_ALGORITHMS.some((each) => each === alg)) return 'alg';
  return isPublicKey(jwk) ? null : 'jwk';
}

/** The claims of a proof, or what is wrong with them (RFC 9449 §4.3, items 8 to 12); their time is judged by `isFreshProof`. */
export function checkDpopClaims(claims: object, { htm, htu, ath }: DpopRequest): DpopClaims | { readonly fault: DpopFault } {
  const given = claims as Record<string, unknown>;
  if (given['htm'] !== htm) return { fault: 'htm' };
  const address = typeof given['htu'] === 'string' ? normalizeTarget(given['htu']) : null;
  if (address === null || address !== normalizeTarget(htu)) return { fault: 'htu' };
  if (ath !== null && given['ath'] !== ath) return { fault: 'ath' };
  const { jti, iat, nonce } = given;
  if (typeof jti !== 'string' || jti === '' || jti.length > JTI_MAX_CHARACTERS) return { fault: 'jti' };
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return { fault: 'iat' };
  if (nonce !== undefined && typeof nonce !== 'string') return { fault: 'nonce' };
  return { jti, iat, nonce: nonce ?? null };
}

/** Whether a proof was made just now (RFC 9449 §11.1). */
export function isFreshProof(iat: Seconds, now: Seconds): boolean {
  return Math.abs(now - iat) <= DPOP_PROOF_LEEWAY_SECONDS;
}

/** Base64url of a SHA-256, as a thumbprint of a key is written (RFC 7638). */
export function isThumbprint(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** How a token came to one of our resources, or to an API that asks us. */
export interface TokenPresentation {
  readonly scheme: 'bearer' | 'dpop';
  /** The key that a good proof beside it was signed with. */
  readonly proven_jkt: string | null;
}

/**
 * Whether a token comes as it has to (RFC 9449 §7.1, §7.2): a bound one with a proof of its own key, any other as a bearer token. Neither
 * passes for the other.
 *
 * @param bound_jkt the key that the token is bound to
 */
export function checkBinding(bound_jkt: string | null, { scheme, proven_jkt }: TokenPresentation): DpopFault | null {
  if (bound_jkt === null) return scheme === 'bearer' ? null : 'unbound';
  if (scheme === 'bearer') return 'bound';
  if (proven_jkt === null) return 'missing';
  return proven_jkt === bound_jkt ? null : 'other_key';
}

/** The code that a resource refuses with (RFC 9449 §7.1, §9): of the token where that is what does not fit, else of the proof. */
export function dpopErrorOf(fault: DpopFault): 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce' {
  if (fault === 'nonce') return 'use_dpop_nonce';
  return fault === 'bound' || fault === 'unbound' || fault === 'other_key' ? 'invalid_token' : 'invalid_dpop_proof';
}

/** The `WWW-Authenticate` of such a refusal (RFC 9449 §7.1), with where to learn about the API (RFC 9728 §5.1). */
export function dpopChallenge(realm: string, fault: DpopFault, resource_metadata?: string): string {
  return challenge('DPoP', { realm, error: dpopErrorOf(fault), algs: DPOP_SIGNING_ALGORITHMS.join(' '), resource_metadata });
}

/** The stretch of time that a new nonce belongs to. */
export function nonceSlot(now: Seconds): number {
  return Math.floor(now / DPOP_NONCE_SLOT_SECONDS);
}

/** Whether a nonce of a stretch still counts: in its own and the next one; another replica's clock may be a little ahead. */
export function isLiveNonceSlot(slot: number, now: Seconds): boolean {
  return Math.abs(nonceSlot(now) - slot) <= 1;
}

/** RFC 9449 §4.3, item 9: compared without query and fragment, and in one spelling (RFC 3986 §6.2.2, §6.2.3). */
function normalizeTarget(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const { protocol, username, password, origin, pathname } = new URL(text);
  if (!/^https?:$/.test(protocol) || username || password) return null;
  return origin + pathname.replace(/%[0-9a-f]{2}/gi, unescaped);
}

function unescaped(octet: string): string {
  const character = String.fromCharCode(Number.parseInt(octet.slice(1), 16));
  return /[A-Za-z0-9._~-]/.test(character) ? character : octet.toUpperCase();
}

/** Members of private and symmetric keys (RFC 7518 §6). */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

function isPublicKey(jwk: unknown): boolean {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) return false;
  const key = jwk as Record<string, unknown>;
  if (PRIVATE_MEMBERS.some((name) => key[name] !== undefined)) return false;
  return key['kty'] === 'RSA' ? isBoundedRsa(key) : key['kty'] === 'EC' || key['kty'] === 'OKP';
}

function isBoundedRsa({ n, e }: Readonly<Record<string, unknown>>): boolean {
  if (typeof n !== 'string' || typeof e !== 'string' || e.length > RSA_EXPONENT_MAX_CHARACTERS) return false;
  const bits = Math.floor((n.length * BITS_PER_CHARACTER) / BITS_PER_BYTE) * BITS_PER_BYTE;
  return bits >= RSA_BITS.min && bits <= RSA_BITS.max;
}
