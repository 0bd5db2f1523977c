import { ENDED_TOKENS_LISTED_SECONDS, UNEXCHANGED_CODE_KEPT_SECONDS } from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { Round } from '../platform/round.js';
import { GRANT_END } from './grant-sql.js';

const ROUND_MILLISECONDS = 60_000;
const CHUNK = 1000;

const NOW = 'coalesce($1::timestamptz, clock_timestamp())';

/** Late on purpose: until then a handle that comes back is still judged, and its reuse still audited. */
const SWEEPS: readonly { readonly text: string; readonly seconds?: number; readonly timeless?: boolean }[] = [
  {
    seconds: UNEXCHANGED_CODE_KEPT_SECONDS,
    text: `DELETE FROM authorization_grant WHERE id IN (
       SELECT id FROM authorization_grant WHERE generation = 0 AND created_at < ${NOW} - make_interval(secs => $2) LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
  },
  {
    seconds: ENDED_TOKENS_LISTED_SECONDS,
    text: `DELETE FROM authorization_grant WHERE id IN (
       SELECT g.id FROM authorization_grant g LEFT JOIN oauth_client c ON c.client_id = g.client_id
        WHERE g.created_at < ${NOW} - make_interval(secs => $2)
          AND (c.client_id IS NULL OR coalesce(g.revoked_at, ${GRANT_END}) < ${NOW} - make_interval(secs => $2))
        LIMIT ${CHUNK} FOR UPDATE OF g SKIP LOCKED)`,
  },
  {
    text: `DELETE FROM revoked_access_token WHERE (grant_id, generation) IN (
      SELECT grant_id, generation FROM revoked_access_token WHERE expires_at < ${NOW} LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`,
  },
  {
    timeless: true,
    text: `DELETE FROM consent WHERE (user_id, client_id) IN (
      SELECT k.user_id, k.client_id FROM consent k LEFT JOIN oauth_client c ON c.client_id = k.client_id LEFT JOIN user_account u ON u.id = k.user_id
       WHERE (c.consent_epoch IS DISTINCT FROM k.consent_epoch OR u.epoch IS DISTINCT FROM k.user_epoch)
       LIMIT ${CHUNK} FOR UPDATE OF k SKIP LOCKED)`,
  },
];

/** Takes away what nobody can use or look up any more, in chunks that hold no lock for long. */
@Injectable()
export class TokenSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #round = new Round('sweep of ended grants', ROUND_MILLISECONDS, () => this.sweep());

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
    for (const { text, seconds, timeless } of SWEEPS) {
      const values = timeless ? [] : [this.clock.bind(), ...(seconds === undefined ? [] : [seconds])];
      await this.dataSource.query(text, values);
    }
  }
}
