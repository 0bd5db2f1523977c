import { isLiveNonceSlot, nonceSlot } from '@behalf/domain';
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const MILLISECONDS = 1000;
const PURPOSE = 'behalf/v1/dpop-nonce';
const KEY_BYTES = 32;
const SLOT_BYTES = 4;
const MAC_BYTES = 16;

/**
 * Nonces for proofs (RFC 9449 §8, §9): a stretch of time and a MAC, so that every replica knows those of all others and nothing is kept. The
 * machine's clock will do, since a nonce's neighbours count too; how often a proof is used is counted elsewhere.
 */
export class DpopNonces {
  readonly #keys: readonly Buffer[];

  /** @param secrets which all replicas share; the first one makes nonces, and those of every one count */
  constructor(secrets: readonly (Buffer | string)[]) {
    this.#keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', PURPOSE, KEY_BYTES)));
  }

  /** The one to be used now. */
  current(): string {
    return nonceOf(this.#keys[0]!, nonceSlot(now())).toString('base64url');
  }

  /** Whether a nonce is one of ours, of now. */
  accepts(nonce: string): boolean {
    const bytes = Buffer.from(nonce, 'base64url');
    if (bytes.length !== SLOT_BYTES + MAC_BYTES || bytes.toString('base64url') !== nonce) return false;
    const slot = bytes.readUInt32BE(0);
    return isLiveNonceSlot(slot, now()) && this.#keys.some((key) => timingSafeEqual(nonceOf(key, slot), bytes));
  }

  /** The nonce to use in place of one that was accepted and will not be for long (RFC 9449 §8.2); null while that one will do. */
  successor(nonce: string): string | null {
    const current = this.current();
    return current === nonce ? null : current;
  }
}

function nonceOf(key: Buffer, slot: number): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES);
  bytes.writeUInt32BE(slot);
  return Buffer.concat([bytes, createHmac('sha256', key).update(bytes).digest().subarray(0, MAC_BYTES)]);
}

const now = (): number => Date.now() / MILLISECONDS;
