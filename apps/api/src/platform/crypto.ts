import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/** SHA-256, the hash of everything that is random by itself: a slow hash would add nothing (RFC 9700 §4.14 asks for unguessable, not slow). */
export function sha256(value: string | Buffer): Buffer {
  // As a string of bytes it comes back sooner than in a buffer of its own.
  return Buffer.from(hash('sha256', value, 'binary'), 'binary');
}

/** The first 128 bits of a hash, written as the UUID that an id column holds. */
export function uuidOf(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * HMAC-SHA-256 (RFC 2104) under one key for short messages of one length. Two one-shot hashes over buffers that are made once take half
 * the time of Node's streaming object, of which every use of a token would need a new one.
 *
 * @param key at most 64 bytes, else a RangeError
 * @returns what makes the MAC of a message, in a buffer that is good until its next call
 */
export function hmacSha256(key: Buffer, message_bytes: number): (message: Buffer) => Buffer {
  if (key.length > BLOCK_BYTES) throw new RangeError('the key is longer than a block');
  const inner = Buffer.alloc(BLOCK_BYTES + message_bytes, 0x36);
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES, 0x5c);
  const digest = Buffer.alloc(DIGEST_BYTES);
  for (const [place, byte] of key.entries()) {
    inner[place]! ^= byte;
    outer[place]! ^= byte;
  }
  return (message) => {
    message.copy(inner, BLOCK_BYTES, 0, message_bytes);
    // As a string of bytes a digest comes back without a buffer of its own.
    outer.write(hash('sha256', inner, 'binary'), BLOCK_BYTES, 'binary');
    digest.write(hash('sha256', outer, 'binary'), 'binary');
    return digest;
  };
}

/** A new random value of 256 bits behind a prefix that secret scanners can find. */
export function newSecret(prefix: string): string {
  return prefix + randomBytes(32).toString('base64url');
}

/** Equality in constant time whatever the lengths: digests are compared, since `timingSafeEqual` throws on unequal lengths. */
export function constantTimeEqual(left: string | Buffer, right: string | Buffer): boolean {
  return timingSafeEqual(sha256(left), sha256(right));
}

/** HKDF-SHA-256 (RFC 5869) of a server key for one purpose, 32 bytes. */
export function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, 32));
}

const SEAL_PURPOSE = 'behalf/v1/seal';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts a stored secret (AES-256-GCM) under a server key; `label` is bound in as associated data. */
export function seal(key: Buffer, label: string, plaintext: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(key, SEAL_PURPOSE), nonce).setAAD(Buffer.from(label));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `seal` made with any of the keys; says which one it was, or null when none fits. */
export function unseal(keys: readonly Buffer[], label: string, sealed: Buffer): { plaintext: Buffer; key_index: number } | null {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const body = sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES);
  for (const [key_index, key] of keys.entries()) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', deriveKey(key, SEAL_PURPOSE), nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(label)).setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
      return { plaintext: Buffer.concat([decipher.update(body), decipher.final()]), key_index };
    } catch {
      // The tag did not fit: sealed under another key of the list.
    }
  }
  return null;
}
