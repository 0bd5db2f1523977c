import {
  PENDING_REQUESTS_MAX,
  PENDING_RETRY_SECONDS,
  type PushedRequestResponse,
  PUSHED_REQUEST_LIFETIME_SECONDS,
  PUSHED_REQUEST_URI_PREFIX,
} from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { newSecret, sha256 } from '../platform/crypto.js';
import { PendingConnections, type Statement } from '../platform/database/batcher.js';
import { demandPatience } from '../token/index.js';

const REFERENCE_PREFIX = 'bhf_pr_';

/** Counts no more than there is: most clients have few. */
const PUSH: Statement = {
  name: 'push_authorization_request',
  text: `INSERT INTO pushed_authorization_request (request_hash, client_id, parameters, expires_at)
         SELECT $1, $2::text, $3, t.now + $5::integer * interval '1 second'
           FROM (SELECT coalesce($4::timestamptz, clock_timestamp()) AS now) t
          WHERE NOT EXISTS (SELECT FROM pushed_authorization_request p WHERE p.client_id = $2::text AND p.expires_at > t.now OFFSET $6::integer)
         RETURNING 1`,
};

/** Of n browsers with one reference one gets the row, and only in the name of the client that pushed it. */
const TAKE: Statement = {
  name: 'take_pushed_authorization_request',
  text: `UPDATE pushed_authorization_request SET consumed_at = coalesce($3::timestamptz, clock_timestamp())
          WHERE request_hash = $1 AND client_id = $2 AND consumed_at IS NULL AND expires_at > coalesce($3::timestamptz, clock_timestamp())
         RETURNING parameters`,
};

/** Authorization requests that clients send ahead (RFC 9126): kept for a minute and a half, bound to their client, used once. */
@Injectable()
export class PushedRequests {
  constructor(
    private readonly connections: PendingConnections,
    private readonly clock: Clock,
  ) {}

  /** Keeps the parameters of a request that was checked. @throws OAuthError 429 with Retry-After where too many of the client wait */
  async push(client_id: string, parameters: string): Promise<PushedRequestResponse> {
    const request_uri = PUSHED_REQUEST_URI_PREFIX + newSecret(REFERENCE_PREFIX);
    const expires_in = PUSHED_REQUEST_LIFETIME_SECONDS;
    const values = [sha256(request_uri), client_id, parameters, this.clock.bind(), expires_in, PENDING_REQUESTS_MAX - 1];
    const rows = await this.connections.run(PUSH, values);
    if (!rows.length) demandPatience(PENDING_RETRY_SECONDS);
    return { request_uri, expires_in };
  }

  /** The parameters behind a reference, once; null for one that is unknown, used, expired, or another client's. */
  async take(client_id: string, request_uri: string): Promise<string | null> {
    const [row] = await this.connections.run<{ parameters: string }>(TAKE, [sha256(request_uri), client_id, this.clock.bind()]);
    return row?.parameters ?? null;
  }
}
