import { Injectable } from '@nestjs/common';
import { RequestEvents } from '../audit/index.js';
import type { Actor, Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { SettlingConnections, type Statement } from '../platform/database/batcher.js';
import { wireTime } from '../platform/database/wire-time.js';
import { accessTokenEnd, isSameCaller } from '@behalf/domain';
import type { LiveGrant, RotatableGrant } from './live-row.js';
import type { Handle } from './token-handle.js';

/** Why a grant ended; shown in Active Sessions and in the audit log. */
export type RevocationReason = 'client' | 'user' | 'administrator' | 'refresh_token_reused' | 'code_replayed' | 'history_lost';

const ACTIONS: Record<RevocationReason, 'token.revoked' | 'token.reused' | 'code.replayed'> = {
  client: 'token.revoked',
  user: 'token.revoked',
  administrator: 'token.revoked',
  refresh_token_reused: 'token.reused',
  code_replayed: 'code.replayed',
  history_lost: 'token.revoked',
};

/**
 * Final, and once: of any number of parallel callers one gets the row back and writes the audit row, in the same
 * statement. An incident's row holds both uses: the first exchange of a code, or the newest rotation of the grant (which is
 * the token's own first use where it was replaced once; `generation` tells), and the request in hand.
 */
const REVOKE_GRANT: Statement = {
  name: 'revoke_grant',
  text: `
WITH v AS (
  UPDATE authorization_grant SET revoked_at = coalesce($3::timestamptz, clock_timestamp()), revoked_reason = $2
   WHERE id = $1 AND revoked_at IS NULL
  RETURNING id, client_id, user_id, revoked_at, generation, rotated_at, rotated_ip, rotated_user_agent
), exchanged AS (
  SELECT i.at, i.ip_address, i.user_agent FROM v JOIN audit_event i ON i.token_id = v.id AND i.action = 'token.issued'
   WHERE $4 = 'code.replayed' ORDER BY i.at LIMIT 1
), used AS (
  SELECT coalesce(e.at, v.rotated_at) AS at, CASE WHEN e.at IS NULL THEN v.rotated_ip ELSE e.ip_address END AS ip_address,
         CASE WHEN e.at IS NULL THEN v.rotated_user_agent ELSE e.user_agent END AS user_agent
    FROM v LEFT JOIN exchanged e ON true
), a AS (
  INSERT INTO audit_event (at, organization_id, user_id, user_email, user_name, action, target_type, target_id, target_name,
                           channel, client_id, client_name, token_id, ip_address, user_agent, request_id, result, reason, changes)
  SELECT v.revoked_at, coalesce(c.organization_id, u.home_organization_id), coalesce($8::uuid, u.id), coalesce($9, u.email), coalesce($10, u.name),
         $4, 'token', v.id::text, c.client_name, $5, CASE WHEN $12 THEN $13 WHEN $5 = 'oauth' THEN v.client_id END,
         CASE WHEN $12 THEN $14 WHEN $5 = 'oauth' THEN c.client_name END, CASE WHEN $12 THEN $15::uuid WHEN $5 = 'oauth' THEN v.id END, $6::inet, $7, $11::uuid, CASE WHEN $4 = 'token.revoked' THEN 'success' ELSE 'denied' END, $2,
         CASE WHEN $4 = 'token.revoked' THEN jsonb_build_object('status', jsonb_build_array('active', 'revoked'))
              ELSE jsonb_build_object('at', jsonb_build_array(${wireTime('used.at')}, ${wireTime('v.revoked_at')}),
                                      'ip_address', jsonb_build_array(host(used.ip_address), host($6::inet)),
                                      'user_agent', jsonb_build_array(used.user_agent, $7::text))
                   || CASE WHEN $4 = 'token.reused' THEN jsonb_build_object('generation', jsonb_build_array(v.generation, $16::integer))
                           ELSE '{}'::jsonb END END
    FROM v CROSS JOIN used LEFT JOIN oauth_client c ON c.client_id = v.client_id LEFT JOIN user_account u ON u.id = v.user_id
  RETURNING id
)
SELECT id AS event_id FROM a`,
};

/** One access token of a grant; its refresh token lives on (RFC 7009 §2.1 leaves that to us). */
const REVOKE_ACCESS_TOKEN: Statement = {
  name: 'revoke_access_token',
  text: `
WITH v AS (
  INSERT INTO revoked_access_token (grant_id, generation, expires_at)
  SELECT g.id, $2, to_timestamp($3) FROM authorization_grant g
   WHERE g.id = $1 AND g.client_id = $4 AND g.revoked_at IS NULL AND $2 <= g.generation
  ON CONFLICT DO NOTHING
  RETURNING grant_id
), a AS (
  INSERT INTO audit_event (at, organization_id, user_id, user_email, user_name, action, target_type, target_id, target_name,
                           channel, client_id, client_name, token_id, ip_address, user_agent, request_id, reason)
  SELECT coalesce($5::timestamptz, clock_timestamp()), c.organization_id, u.id, u.email, u.name, 'token.revoked', 'access_token',
         g.id::text || '.' || $2, c.client_name, 'oauth', c.client_id, c.client_name, g.id, $6::inet, $7, $8::uuid, 'client'
    FROM v JOIN authorization_grant g ON g.id = v.grant_id JOIN oauth_client c ON c.client_id = g.client_id JOIN user_account u ON u.id = g.user_id
)
SELECT grant_id FROM v`,
};

/** Replays inside the window are answered again, and written down with both uses: the rotation that was judged, and the request in hand. */
const RECORD_REPLAY: Statement = {
  name: 'record_replay',
  text: `
INSERT INTO audit_event (at, organization_id, user_id, user_email, user_name, action, target_type, target_id, target_name,
                         channel, client_id, client_name, token_id, ip_address, user_agent, request_id, reason, changes)
SELECT t.now, c.organization_id, u.id, u.email, u.name, 'token.replayed', 'token', g.id::text, c.client_name,
       'oauth', c.client_id, c.client_name, g.id, $3::inet, $4, $5::uuid, $6,
       jsonb_build_object('at', jsonb_build_array(${wireTime('to_timestamp($7::float8)')}, ${wireTime('t.now')}),
                          'ip_address', jsonb_build_array($8::text, host($3::inet)),
                          'user_agent', jsonb_build_array($9::text, $4::text))
  FROM authorization_grant g JOIN oauth_client c ON c.client_id = g.client_id JOIN user_account u ON u.id = g.user_id
  CROSS JOIN (SELECT coalesce($2::timestamptz, clock_timestamp()) AS now) t
 WHERE g.id = $1`,
};

/** Writes that end things. Each commits, with its audit row, before its promise resolves. */
@Injectable()
export class Revocations {
  constructor(
    private readonly settling: SettlingConnections,
    private readonly clock: Clock,
    private readonly requests: RequestEvents,
  ) {}

  /**
   * Ends a grant with its refresh chain and all its access tokens.
   *
   * @param by the user who did it from the web; without one it was done through the grant's own client
   * @returns whether this call was the one that ended it
   */
  async revokeGrant(grant_id: string, reason: RevocationReason, origin: Origin, by?: Actor): Promise<boolean> {
    return this.#revoke(grant_id, reason, origin, { by });
  }

  /**
   * Ends the grant of a code or refresh token that was used before: an incident.
   *
   * @returns whether this call was the one that ended it
   */
  async revokeReused({ grant_id, generation }: Handle, reason: 'refresh_token_reused' | 'code_replayed', origin: Origin): Promise<boolean> {
    return this.#revoke(grant_id, reason, origin, { generation });
  }

  async #revoke(
    grant_id: string,
    reason: RevocationReason,
    origin: Origin,
    { by, generation }: { by?: Actor | undefined; generation?: number },
  ): Promise<boolean> {
    const channel = by?.channel ?? (reason === 'history_lost' ? 'system' : 'oauth');
    const rows = await this.settling.run<{ event_id: string }>(REVOKE_GRANT, [
      grant_id,
      reason,
      this.clock.bind(),
      ACTIONS[reason],
      channel,
      origin.ip_address,
      origin.user_agent,
      by?.user.id ?? null,
      by?.user.email ?? null,
      by?.user.name ?? null,
      origin.request_id,
      by !== undefined,
      by?.client_id ?? null,
      by?.client_name ?? null,
      by?.token_id ?? null,
      generation ?? null,
    ]);
    for (const { event_id } of rows) this.requests.written({ request_id: origin.request_id, event_id });
    return rows.length > 0;
  }

  /** Ends one access token; kept until that token would have ended by itself. */
  async revokeAccessToken(handle: Handle, grant: LiveGrant, origin: Origin): Promise<void> {
    const end = Math.max(accessTokenEnd(handle, grant), handle.issued_at + handle.lifetime_seconds);
    await this.settling.run(REVOKE_ACCESS_TOKEN, [
      grant.id,
      handle.generation,
      end,
      grant.client_id,
      this.clock.bind(),
      origin.ip_address,
      origin.user_agent,
      origin.request_id,
    ]);
  }

  /** Writes down that the immediate predecessor came back in time. One from another address or program is marked. */
  async recordReplay(grant: RotatableGrant, { ip_address, user_agent, request_id }: Origin): Promise<void> {
    const { rotated_at, rotated_ip, rotated_user_agent } = grant;
    const first = { at: null, ip_address: rotated_ip, user_agent: rotated_user_agent };
    const reason = isSameCaller(first, { at: null, ip_address, user_agent }) ? 'likely_race' : 'suspicious';
    const now = this.clock.bind();
    const second = [ip_address, user_agent, request_id];
    await this.settling.run(RECORD_REPLAY, [grant.id, now, ...second, reason, rotated_at, rotated_ip, rotated_user_agent]);
  }
}
