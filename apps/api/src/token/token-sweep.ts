import { ENDED_TOKENS_LISTED_SECONDS, UNEXCHANGED_CODE_KEPT_SECONDS } from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { CHUNK, inChunks, Walk } from '../platform/database/sweeping.js';
import { Round } from '../platform/round.js';
import { GRANT_END } from './grant-sql.js';

const ROUND_MILLISECONDS = 60_000;

const NOW = 'coalesce($1::timestamptz, clock_timestamp())';

/** Late on purpose: until then a handle that comes back is still judged, and its reuse still audited. */
const GRANTS = `DELETE FROM authorization_grant WHERE id IN (
  SELECT g.id FROM authorization_grant g LEFT JOIN oauth_client c ON c.client_id = g.client_id
   WHERE g.id > $2 AND g.id <= $3
     AND (g.generation = 0 AND g.created_at < ${NOW} - make_interval(secs => $4)
          OR g.created_at < ${NOW} - make_interval(secs => $5)
             AND (c.client_id IS NULL OR coalesce(g.revoked_at, ${GRANT_END}) < ${NOW} - make_interval(secs => $5)))
   ORDER BY g.id FOR UPDATE OF g SKIP LOCKED)`;

/** Void ones: the client is gone, or an epoch has moved on. */
const CONSENTS = `DELETE FROM consent WHERE (user_id, client_id) IN (
  SELECT k.user_id, k.client_id FROM consent k LEFT JOIN oauth_client c ON c.client_id = k.client_id LEFT JOIN user_account u ON u.id = k.user_id
   WHERE k.user_id > $1 AND k.user_id <= $2
     AND (c.consent_epoch IS DISTINCT FROM k.consent_epoch OR u.epoch IS DISTINCT FROM k.user_epoch)
   FOR UPDATE OF k SKIP LOCKED)`;

const ACCESS_TOKENS = `DELETE FROM revoked_access_token WHERE (grant_id, generation) IN (
  SELECT grant_id, generation FROM revoked_access_token WHERE expires_at < ${NOW} LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`;

/** A device that asks later than this learns no more than that its code is unknown. */
const DEVICES = `DELETE FROM device_authorization WHERE grant_id IN (
  SELECT grant_id FROM device_authorization WHERE expires_at < ${NOW} - make_interval(secs => $2) LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`;

/** None of them could be taken for fresh any more. */
const PROOFS = `DELETE FROM dpop_proof WHERE proof_hash IN (
  SELECT proof_hash FROM dpop_proof WHERE expires_at < ${NOW} LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED)`;

/** Takes away what nobody can use or look up any more, in chunks that hold no lock for long. */
@Injectable()
export class TokenSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #grants = new Walk('authorization_grant', 'id');
  readonly #consents = new Walk('consent', 'user_id');
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
    const now = this.clock.bind();
    const kept = [UNEXCHANGED_CODE_KEPT_SECONDS, ENDED_TOKENS_LISTED_SECONDS];
    // The one without a walk first, which does not wait for the others' next round.
    await inChunks(this.dataSource, ACCESS_TOKENS, [now]);
    await inChunks(this.dataSource, PROOFS, [now]);
    await inChunks(this.dataSource, DEVICES, [now, UNEXCHANGED_CODE_KEPT_SECONDS]);
    await this.#grants.round(this.dataSource, (after, until) => this.dataSource.query(GRANTS, [now, after, until, ...kept]));
    await this.#consents.round(this.dataSource, (after, until) => this.dataSource.query(CONSENTS, [after, until]));
  }
}
