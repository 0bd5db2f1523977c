import { isLiveNonceSlot, nonceSlot } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { CONFIG, type Config } from '../../platform/config.js';
import { deriveKey } from '../../platform/crypto.js';

const MILLISECONDS = 1000;
const SLOT_BYTES = 4;
const MAC_BYTES = 16;

/**
 * Nonces for proofs (RFC 9449 §8): a stretch of time and a MAC, so that every replica knows those of all others and nothing is kept. The
 * machine's clock will do, since a nonce's neighbours count too; how often a proof is used is counted elsewhere.
 */
@Injectable()
export class DpopNonces {
  readonly #keys: readonly Buffer[];

  constructor(@Inject(CONFIG) { secret_keys }: Config) {
    this.#keys = secret_keys.map((key) => deriveKey(key, 'behalf/v1/dpop-nonce'));
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
}

function nonceOf(key: Buffer, slot: number): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES);
  bytes.writeUInt32BE(slot);
  return Buffer.concat([bytes, createHmac('sha256', key).update(bytes).digest().subarray(0, MAC_BYTES)]);
}

const now = (): number => Date.now() / MILLISECONDS;
