import { ENDED_TOKENS_LISTED_SECONDS } from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Walk } from '../platform/database/sweeping.js';
import { Round } from '../platform/round.js';

const ROUND_MILLISECONDS = 60_000;

const SWEEP = `
DELETE FROM ui_session WHERE id IN (
  SELECT id FROM ui_session
   WHERE id > $3 AND id <= $4
     AND least(expires_at, coalesce(ended_at, expires_at)) < coalesce($1::timestamptz, clock_timestamp()) - make_interval(secs => $2)
   ORDER BY id FOR UPDATE SKIP LOCKED)`;

/** Ended sessions go when nobody looks for them any more; in chunks, so that no lock is held for long. */
@Injectable()
export class SessionSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #sessions = new Walk('ui_session', 'id');
  readonly #round = new Round('sweep of ended sessions', ROUND_MILLISECONDS, () => this.sweep());

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
    const values = [this.clock.bind(), ENDED_TOKENS_LISTED_SECONDS];
    await this.#sessions.round(this.dataSource, (after, until) => this.dataSource.query(SWEEP, [...values, after, until]));
  }
}
