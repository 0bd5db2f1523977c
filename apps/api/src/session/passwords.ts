import { isHashablePassword } from '@behalf/domain';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { promise as queueOf, type queueAsPromised } from 'fastq';
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { CONFIG, type Config } from '../platform/config.js';
import { Problem } from '../platform/problem.js';

/**
 * A hash takes a fifth of a second of one core: two at a time leave the rest of the pool to signatures. On two cores it is one, so that the other
 * one is left to those who are signed in already.
 */
const CONCURRENCY = Math.max(1, Math.min(2, availableParallelism() - 1));
const MAX_WAITING = 32;
const RETRY_AFTER_SECONDS = '1';
const RANDOM_BYTES = 32;

/** bcrypt of a password that `checkPassword` has let through; for what runs before the server does. */
export async function hashPassword(password: string, cost: number): Promise<string> {
  return bcrypt.hash(password, cost);
}

/** Password hashing that a storm of sign-ins cannot turn against the rest of the server. */
@Injectable()
export class Passwords implements OnModuleInit {
  readonly #queue: queueAsPromised<() => Promise<unknown>> = queueOf((run: () => Promise<unknown>) => run(), CONCURRENCY);
  #nobodysHash = '';

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  async onModuleInit(): Promise<void> {
    this.#nobodysHash = await bcrypt.hash(randomBytes(RANDOM_BYTES).toString('base64url'), this.config.bcrypt_cost);
  }

  /** @throws Problem `too-many-requests` when too many are waiting */
  async hash(password: string): Promise<string> {
    return this.#enqueue(() => bcrypt.hash(password, this.config.bcrypt_cost));
  }

  /**
   * Whether a password fits a hash. Without a hash one of nobody's is compared, so that an unknown account takes as long.
   * What bcrypt would cut or stop at is no password of anyone's.
   *
   * @throws Problem `too-many-requests` when too many are waiting
   */
  async verify(password: string, hash: string | null): Promise<boolean> {
    if (!isHashablePassword(password)) return false;
    const fits = await this.#enqueue(() => bcrypt.compare(password, hash ?? this.#nobodysHash));
    return fits && hash !== null;
  }

  #enqueue<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#queue.length() >= MAX_WAITING) throw new Problem('too-many-requests', { headers: { 'retry-after': RETRY_AFTER_SECONDS } });
    return this.#queue.push(run) as Promise<Result>;
  }
}
