import { planSigningKey, SIGNING_KEYS_READ_SECONDS, signingKeyAt, signingKeyState, type SigningKeyTimes } from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { type CryptoKey, importJWK, type JWK } from 'jose';
import { ConfigError } from '../platform/config.js';
import { Round } from '../platform/round.js';
import { SIGNING_ALGORITHM, SigningKeyStore } from './signing-key-store.js';
import type { SigningKey } from './token.entities.js';

const MILLISECONDS = 1000;

interface Signer extends SigningKeyTimes {
  readonly kid: string;
  readonly key: CryptoKey;
}

/**
 * The keys that sign ID tokens, as this process knows them. They are read again every few seconds, far more often than
 * they change: a new key is published a day before it signs, so that no reader and no process meets it too late.
 */
@Injectable()
export class SigningKeys implements OnModuleInit, BeforeApplicationShutdown {
  readonly #round = new Round('reading of the signing keys', SIGNING_KEYS_READ_SECONDS * MILLISECONDS, () => this.refresh());
  #signers: readonly Signer[] = [];
  #published: readonly JWK[] = [];

  constructor(private readonly store: SigningKeyStore) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
    this.#round.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#round.stop();
  }

  /** The key that signs a token; `issued_at` in seconds since the epoch. */
  at(issued_at: number): { kid: string; key: CryptoKey } {
    return signingKeyAt(this.#signers, new Date(issued_at * MILLISECONDS))!;
  }

  /** The JWK set (RFC 7517 §5): public members only; the key that signs now stands first, for readers that ignore `kid`. */
  get jwks(): { keys: readonly JWK[] } {
    return { keys: this.#published };
  }

  /** Reads what other processes made or withdrew, makes the next key when its time has come, and removes what has ended. */
  async refresh(): Promise<void> {
    let { keys, now } = await this.store.read();
    if (planSigningKey(keys, now, 'scheduled')) {
      await this.store.add('scheduled');
      ({ keys, now } = await this.store.read());
    }
    const stateOf = (key: SigningKeyTimes) => signingKeyState(key, now);
    const ended = keys.filter((key) => stateOf(key) === 'ended');
    if (ended.length) await this.store.remove(ended);
    const live = keys.filter((key) => stateOf(key) !== 'ended');
    const isLater = (key: SigningKey) => Number(stateOf(key) !== 'current');
    // Before any is opened: what one process cannot open, another one signs with.
    this.#published = live.toSorted((one, other) => isLater(one) - isLater(other)).map(({ public_jwk }) => public_jwk as JWK);
    const signers = await Promise.all(live.map((key) => this.#signerOf(key, stateOf(key) === 'retired')));
    this.#signers = signers.filter((signer) => signer !== null);
  }

  async #signerOf(row: SigningKey, isRetired: boolean): Promise<Signer | null> {
    const { kid, active_at, retired_at } = row;
    const known = this.#signers.find((signer) => signer.kid === kid);
    if (known) return { ...known, active_at, retired_at };
    const opened = await this.store.open(row);
    if (opened !== null) {
      const key = (await importJWK(JSON.parse(opened) as JWK, SIGNING_ALGORITHM)) as CryptoKey;
      return { kid, key, active_at, retired_at };
    }
    // It is needed to verify alone, which its public half does.
    if (isRetired) return null;
    throw new ConfigError([
      `SECRET_KEY lacks the key that sealed the signing key ${kid}: put it back at the end of the list, or make a new signing key with npm run keys:rotate -- --compromised`,
    ]);
  }
}
