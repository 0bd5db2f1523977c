import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { deriveKey, hmacSha256, uuidOf } from '../platform/crypto.js';

/** The kinds of handle to a grant: code, device code, access token, refresh token. */
export type HandleKind = 'ac' | 'dc' | 'at' | 'rt';

/** What a handle says, once its MAC has been checked. */
export interface Handle {
  readonly kind: HandleKind;
  /** 128 random bits that only the holder knows; the database has their hash. */
  readonly locator: Buffer;
  readonly grant_id: string;
  readonly generation: number;
  /** Which words of the grant's own scope this token carries, and which of its resources it is for, one bit each. */
  readonly scope_bits: number;
  /** Seconds since the epoch. */
  readonly issued_at: number;
  readonly lifetime_seconds: number;
  /** The thumbprint of the key that its holder has to prove (RFC 9449 §6); null for none. */
  readonly jkt: string | null;
}

const VERSION = 1;
const BOUND_VERSION = 2;
const LOCATOR_BYTES = 16;
const BODY_BYTES = 32;
const BOUND_BODY_BYTES = 65;
const MAC_BYTES = 16;
/** Of a bound one: to what, and how, by a key's thumbprint alone so far. In this order no part of a handle reads like a thumbprint, which is no secret. */
const THUMBPRINT_AT = BODY_BYTES;
const METHOD_AT = BOUND_BODY_BYTES - 1;
const BY_THUMBPRINT = 1;
const PATTERN = /^bhf_(ac|dc|at|rt)_([A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{108})$/;
const LOCATOR_LABEL = 'behalf/v1/locator';
const LABEL_BYTES = LOCATOR_LABEL.length;
/** The label with room for a locator behind it. */
const LABELLED = Buffer.concat([Buffer.from(LOCATOR_LABEL), Buffer.alloc(LOCATOR_BYTES)]);

/** What makes the MAC of a handle's body; the buffer is good until the next call. */
type Mac = (bytes: Buffer) => Buffer;

/** Of a kind of handle, by whether it is bound to a key. */
interface Macs {
  readonly bearer: Mac;
  readonly bound: Mac;
}

interface MacKeys extends Readonly<Record<HandleKind, Macs>> {
  readonly id: number;
}

/**
 * Opaque tokens that carry their own identity: version 1, key id 1, locator 16, generation 4, scope bits 2, issued-at 4,
 * lifetime 4, MAC 16 = 48 bytes, a multiple of 3, so that a handle has exactly one spelling. One that is bound to a key is version 2, and has
 * before its MAC the key's thumbprint 32 and the kind of binding 1 = 81 bytes: what it is bound to, or that it is not, cannot be changed,
 * and judging it reads nothing. Nonsense is refused without a database read, and neither the database nor SECRET_KEY nor both together can forge one: the locator is in neither.
 */
export class TokenHandles {
  readonly #keys: readonly MacKeys[];

  constructor(secret_keys: readonly Buffer[]) {
    this.#keys = secret_keys.map((key) => {
      const macsOf = (kind: HandleKind): Macs => {
        const derived = deriveKey(key, `behalf/v1/${kind}`);
        return { bearer: hmacSha256(derived, BODY_BYTES), bound: hmacSha256(derived, BOUND_BODY_BYTES) };
      };
      return { id: deriveKey(key, 'behalf/v1/key-id')[0]!, ac: macsOf('ac'), dc: macsOf('dc'), at: macsOf('at'), rt: macsOf('rt') };
    });
  }

  /** A fresh locator and the grant id that follows from it. */
  static newLocator(): { locator: Buffer; grant_id: string } {
    const locator = randomBytes(LOCATOR_BYTES);
    return { locator, grant_id: grantId(locator) };
  }

  encode(handle: Omit<Handle, 'grant_id'>): string {
    const keys = this.#keys[0]!;
    const body = handle.jkt === null ? BODY_BYTES : BOUND_BODY_BYTES;
    const bytes = Buffer.allocUnsafe(body + MAC_BYTES);
    bytes[0] = handle.jkt === null ? VERSION : BOUND_VERSION;
    bytes[1] = keys.id;
    handle.locator.copy(bytes, 2);
    bytes.writeUInt32BE(handle.generation, 18);
    bytes.writeUInt16BE(handle.scope_bits, 22);
    bytes.writeUInt32BE(handle.issued_at, 24);
    bytes.writeUInt32BE(handle.lifetime_seconds, 28);
    if (handle.jkt !== null) {
      bytes[METHOD_AT] = BY_THUMBPRINT;
      bytes.write(handle.jkt, THUMBPRINT_AT, 'base64url');
    }
    macOf(keys[handle.kind], body)(bytes).copy(bytes, body, 0, MAC_BYTES);
    return `bhf_${handle.kind}_${bytes.toString('base64url')}`;
  }

  /** The handle, or null for anything that this server did not issue under a key it still holds. */
  decode(token: string): Handle | null {
    const match = PATTERN.exec(token);
    if (!match) return null;
    const kind = match[1] as HandleKind;
    const bytes = Buffer.from(match[2]!, 'base64url');
    const isBound = bytes.length > BODY_BYTES + MAC_BYTES;
    if (bytes[0] !== (isBound ? BOUND_VERSION : VERSION) || !this.#verify(kind, bytes)) return null;
    const locator = bytes.subarray(2, 2 + LOCATOR_BYTES);
    return {
      kind,
      locator,
      grant_id: grantId(locator),
      generation: bytes.readUInt32BE(18),
      scope_bits: bytes.readUInt16BE(22),
      issued_at: bytes.readUInt32BE(24),
      lifetime_seconds: bytes.readUInt32BE(28),
      jkt: isBound ? bytes.subarray(THUMBPRINT_AT, METHOD_AT).toString('base64url') : null,
    };
  }

  #verify(kind: HandleKind, bytes: Buffer): boolean {
    const body = bytes.length - MAC_BYTES;
    const given = bytes.subarray(body);
    for (const keys of this.#keys) {
      // Two keys may share an id byte, so each that fits is tried.
      if (keys.id === bytes[1] && timingSafeEqual(macOf(keys[kind], body)(bytes).subarray(0, MAC_BYTES), given)) return true;
    }
    return false;
  }
}

function macOf({ bearer, bound }: Macs, body_bytes: number): Mac {
  return body_bytes === BODY_BYTES ? bearer : bound;
}

/** Of the sixteen bits the lower eight stand for words of the scope, the upper ones for resources. */
const RESOURCE_SHIFT = 8;

/** One bit for each word of the grant's scope that a token carries. */
export function scopeBits(granted: readonly string[], carried: readonly string[]): number {
  return granted.reduce((bits, word, index) => (carried.includes(word) ? bits | (1 << index) : bits), 0);
}

/** The words of the grant's scope that a token carries. */
export function scopeOfBits(granted: readonly string[], bits: number): string[] {
  return granted.filter((_, index) => (bits & (1 << index)) !== 0);
}

/** One bit for each of the grant's resources that a token is for (RFC 8707), beside those of the scope. */
export function resourceBits(authorized: readonly string[], carried: readonly string[]): number {
  return scopeBits(authorized, carried) << RESOURCE_SHIFT;
}

/** The resources that a token is for: without a bit all of the grant's; null for none in particular. */
export function resourcesOfBits(authorized: readonly string[] | null, bits: number): readonly string[] | null {
  const carried = bits >> RESOURCE_SHIFT;
  if (carried === 0) return authorized;
  // A token that was for some must never become one for all, whatever befell the row.
  return authorized === null ? [] : scopeOfBits(authorized, carried);
}

/** The first 16 bytes of SHA-256(label, locator), written as a UUID: the grant's id, which is also the Token ID. */
function grantId(locator: Buffer): string {
  locator.copy(LABELLED, LABEL_BYTES);
  return uuidOf(hash('sha256', LABELLED, 'hex'));
}
