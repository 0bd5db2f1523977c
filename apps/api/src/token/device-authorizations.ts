import {
  DEVICE_CODE_LIFETIME_SECONDS,
  DEVICE_PAGE,
  DEVICE_POLL_SECONDS,
  type DeviceAuthorizationResponse,
  type DeviceFacts,
  type DeviceOutcome,
  type DevicePoll,
  formatUserCode,
  judgeDevicePoll,
  nextPollInterval,
  PENDING_REQUESTS_MAX,
  PENDING_RETRY_SECONDS,
  USER_CODE_ALPHABET,
  USER_CODE_LENGTH,
} from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { createHmac, randomInt } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import type { LiveClient } from '../client/index.js';
import type { Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { deriveKey } from '../platform/crypto.js';
import { PendingConnections, type Statement } from '../platform/database/batcher.js';
import { OAuthError } from '../platform/oauth-error.js';
import { demandPatience } from './client-authentication.js';
import type { DeviceAuthorization } from './device-authorization.entity.js';
import { type Handle, TokenHandles } from './token-handle.js';

/** What a device asks for, once it was found good. */
export interface DeviceRequest {
  readonly scope: readonly string[];
  readonly resources: readonly string[] | null;
  /** The key that its code is bound to; null for none. */
  readonly dpop_jkt: string | null;
}

/** The client's epochs are read here, once; a code that somebody else has just now is not given a second time. */
const BEGIN: Statement = {
  name: 'begin_device_authorization',
  text: `
INSERT INTO device_authorization (grant_id, user_code_hash, client_id, client_epoch, refresh_epoch, multi_team_epoch, scope, resources, ip_address,
                                  interval_seconds, created_at, expires_at)
SELECT $1, $2, c.client_id, c.epoch, CASE WHEN c.issue_refresh_token THEN c.refresh_epoch END, c.multi_team_epoch, $3, $4::text[], $5::inet,
       $6, t.now, t.now + $7::integer * interval '1 second'
  FROM oauth_client c, (SELECT coalesce($8::timestamptz, clock_timestamp()) AS now) t
 WHERE c.client_id = $9 AND c.status = 'enabled' AND c.device_authorization
ON CONFLICT (user_code_hash) DO NOTHING
RETURNING extract(epoch FROM created_at)::float8 AS now`,
};

/** Costs no more than there is: most clients have few. */
const IS_FULL: Statement = {
  name: 'device_authorizations_are_full',
  text: `SELECT 1 FROM device_authorization
          WHERE client_id = $1 AND expires_at > coalesce($3::timestamptz, clock_timestamp()) OFFSET $2::integer LIMIT 1`,
};

const READ: Statement = {
  name: 'read_device_authorization',
  text: `
SELECT d.outcome, d.interval_seconds, d.polls, d.client_epoch, extract(epoch FROM d.expires_at)::float8 AS expires_at,
       extract(epoch FROM d.last_polled_at)::float8 AS last_polled_at, extract(epoch FROM coalesce($3::timestamptz, clock_timestamp()))::float8 AS now
  FROM device_authorization d WHERE d.grant_id = $1 AND d.client_id = $2`,
};

/** Of two polls at once the second one finds the count moved on, and is judged again. */
const POLLED: Statement = {
  name: 'note_device_poll',
  text: `
UPDATE device_authorization SET polls = polls + 1, last_polled_at = coalesce($4::timestamptz, clock_timestamp()), interval_seconds = $3
 WHERE grant_id = $1 AND polls = $2 RETURNING 1`,
};

type PollRow = Omit<DeviceFacts, 'client_live'> & { readonly polls: number; readonly client_epoch: number; readonly now: number };

const BEGIN_TRIES = 3;
const POLL_ROUNDS = 3;

/** Requests of devices: begun by the device, decided by a user elsewhere, asked about until then (RFC 8628). */
@Injectable()
export class DeviceAuthorizations {
  readonly #keys: readonly Buffer[];

  constructor(
    private readonly dataSource: DataSource,
    private readonly connections: PendingConnections,
    private readonly clock: Clock,
    @Inject(TokenHandles) private readonly handles: TokenHandles,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.#keys = config.secret_keys.map((key) => deriveKey(key, 'behalf/v1/user-code'));
  }

  /** Begins one. @throws OAuthError `unauthorized_client` where the client was paused or changed this instant; 429 where too many wait */
  async begin(
    client: LiveClient,
    { scope, resources, dpop_jkt }: DeviceRequest,
    { ip_address }: Origin,
  ): Promise<DeviceAuthorizationResponse> {
    const lifetime = DEVICE_CODE_LIFETIME_SECONDS;
    const full = await this.connections.run(IS_FULL, [client.client_id, PENDING_REQUESTS_MAX - 1, this.clock.bind()]);
    if (full.length) demandPatience(PENDING_RETRY_SECONDS);
    for (let tries = 0; tries < BEGIN_TRIES; tries += 1) {
      const { locator, grant_id } = TokenHandles.newLocator();
      const user_code = newUserCode();
      const asked = [scope.join(' '), resources, ip_address, DEVICE_POLL_SECONDS.interval, lifetime, this.clock.bind(), client.client_id];
      const [row] = await this.connections.run<{ now: number }>(BEGIN, [grant_id, hashOf(this.#keys[0]!, user_code), ...asked]);
      if (row) return this.#answer(locator, user_code, row.now, dpop_jkt);
    }
    throw new OAuthError('unauthorized_client', { reason: 'device_not_allowed' });
  }

  /** What the device that holds a code is told; null for a code that is not its client's. Polling too fast makes the interval longer for good. */
  async poll(client: LiveClient, { grant_id }: Handle): Promise<DevicePoll | null> {
    for (let round = 0; round < POLL_ROUNDS; round += 1) {
      const [row] = await this.connections.run<PollRow & Record<string, unknown>>(READ, [grant_id, client.client_id, this.clock.bind()]);
      if (!row) return null;
      const poll = judgeDevicePoll({ ...row, client_live: row.client_epoch === client.epoch }, row.now);
      if (poll !== 'pending' && poll !== 'slow_down') return poll;
      const interval = nextPollInterval(row.interval_seconds, poll);
      if ((await this.connections.run(POLLED, [grant_id, row.polls, interval, this.clock.bind()])).length) return poll;
    }
    return 'slow_down';
  }

  /** The request that waits under a code, if it may still be decided. */
  async find(user_code: string): Promise<DeviceAuthorization | null> {
    const [row] = await this.dataSource.query<DeviceAuthorization[]>(
      `SELECT d.* FROM device_authorization d
        WHERE d.user_code_hash = ANY ($1::bytea[]) AND d.outcome IS NULL AND d.expires_at > coalesce($2::timestamptz, clock_timestamp())`,
      [this.#keys.map((key) => hashOf(key, user_code)), this.clock.bind()],
    );
    return row ?? null;
  }

  /** When and from where the device asked. */
  async originOf(grant_id: string): Promise<Pick<DeviceAuthorization, 'created_at' | 'ip_address'> | null> {
    const [row] = await this.dataSource.query<Pick<DeviceAuthorization, 'created_at' | 'ip_address'>[]>(
      'SELECT created_at, host(ip_address) AS ip_address FROM device_authorization WHERE grant_id = $1',
      [grant_id],
    );
    return row ?? null;
  }

  /** Of two users, or two pages, that decide at once one does. @returns whether this call did */
  async decide(tx: EntityManager, grant_id: string, outcome: DeviceOutcome): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE device_authorization SET outcome = $2
        WHERE grant_id = $1 AND outcome IS NULL AND expires_at > coalesce($3::timestamptz, clock_timestamp()) RETURNING 1`,
      [grant_id, outcome, this.clock.bind()],
    );
    return rows.length > 0;
  }

  #answer(locator: Buffer, user_code: string, now: number, jkt: string | null): DeviceAuthorizationResponse {
    const shown = formatUserCode(user_code);
    const verification_uri = this.config.issuer + DEVICE_PAGE;
    const issued_at = Math.floor(now);
    const lifetime_seconds = DEVICE_CODE_LIFETIME_SECONDS;
    return {
      device_code: this.handles.encode({ kind: 'dc', locator, generation: 0, scope_bits: 0, issued_at, lifetime_seconds, jkt }),
      user_code: shown,
      verification_uri,
      verification_uri_complete: `${verification_uri}?user_code=${shown}`,
      expires_in: lifetime_seconds,
      interval: DEVICE_POLL_SECONDS.interval,
    };
  }
}

function newUserCode(): string {
  return Array.from({ length: USER_CODE_LENGTH }, () => USER_CODE_ALPHABET[randomInt(USER_CODE_ALPHABET.length)]).join('');
}

function hashOf(key: Buffer, user_code: string): Buffer {
  return createHmac('sha256', key).update(user_code).digest();
}
