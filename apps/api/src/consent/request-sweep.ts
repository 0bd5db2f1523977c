import { UNEXCHANGED_CODE_KEPT_SECONDS } from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { CHUNK, inChunks } from '../platform/database/sweeping.js';
import { Round } from '../platform/round.js';

const ROUND_MILLISECONDS = 60_000;

/** A request that is over answers 'gone' for a while, and 'unknown' after that. */
const SWEEP = `
DELETE FROM authorization_request WHERE id IN (
  SELECT id FROM authorization_request WHERE expires_at < coalesce($1::timestamptz, clock_timestamp()) - make_interval(secs => $2)
   LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`;

/** Nobody asks for a reference that is over, but a browser that is told so. */
const SWEEP_PUSHED = `
DELETE FROM pushed_authorization_request WHERE request_hash IN (
  SELECT request_hash FROM pushed_authorization_request WHERE expires_at < coalesce($1::timestamptz, clock_timestamp())
   LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`;

@Injectable()
export class RequestSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #round = new Round('sweep of authorization requests', ROUND_MILLISECONDS, () => this.sweep());

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#round.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#round.stop();
  }

  async sweep(): Promise<void> {
    await inChunks(this.dataSource, SWEEP, [this.clock.bind(), UNEXCHANGED_CODE_KEPT_SECONDS]);
    await inChunks(this.dataSource, SWEEP_PUSHED, [this.clock.bind()]);
  }
}
