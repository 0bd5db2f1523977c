import { CODE_LIFETIME_SECONDS, type ConsentRow, parseScope } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, AuditLog, eventsJson, insertEvents } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { BrowserConnections, type Statement } from '../platform/database/batcher.js';
import { Problem } from '../platform/problem.js';
import { scopeBits, TokenHandles } from './token-handle.js';

/** What a user decided on one authorization request. Every epoch was carried here from where the flow began. */
export interface Decision {
  readonly actor: Actor;
  readonly user_epoch: number;
  readonly authenticated_at: Date;
  readonly client: { client_id: string; client_name: string; organization_id: string } & Lifetimes;
  readonly client_epoch: number;
  readonly refresh_epoch: number | null;
  readonly multi_team_epoch: number;
  readonly redirect_uri: string;
  readonly code_challenge: string;
  readonly nonce: string | null;
  /** The key that the code is bound to (RFC 9449 §10); null for none. */
  readonly dpop_jkt: string | null;
  /** The id that a device's code already names; null where the grant gets a new one, and a code of its own. */
  readonly device_grant_id: string | null;
  readonly scope: readonly string[];
  readonly resources: readonly string[] | null;
  readonly team_ids: readonly string[];
  /** What answered in place of the page, as it was read; null where the page was shown. */
  readonly remembered: RememberedConsent | null;
}

interface Lifetimes {
  readonly access_token_lifetime_seconds: number;
  readonly issue_refresh_token: boolean;
  readonly refresh_token_lifetime_seconds: number;
}

export interface RememberedConsent {
  readonly team_ids: readonly string[];
  readonly scope: readonly string[];
  readonly resources: readonly string[] | null;
}

/** Void when the client's or the user's epoch has moved on: what was forgotten wholesale is never found again. */
const LIVE_CONSENT = `
  FROM consent k JOIN oauth_client c ON c.client_id = k.client_id AND c.consent_epoch = k.consent_epoch
  JOIN user_account u ON u.id = k.user_id AND u.epoch = k.user_epoch`;

const REMEMBERED: Statement = {
  name: 'remembered_consent',
  text: `SELECT k.team_ids, k.scope, k.resources ${LIVE_CONSENT} WHERE k.user_id = $1 AND k.client_id = $2`,
};

const GRANT_COLUMNS = `id, client_id, user_id, client_epoch, refresh_epoch, multi_team_epoch, user_epoch, team_ids, scope,
  redirect_uri, code_challenge, nonce, authenticated_at, created_at, refresh_token_lifetime_seconds, access_token_lifetime_seconds, resources`;
const CREATED_AT = 'extract(epoch FROM created_at)::float8 AS created_at';

/** A grant by its values in the order of `grantValues`: $1 to $17. */
const GRANT_VALUES = `$1::uuid, $2, $3::uuid, $4::integer, $5::integer, $6::integer, $7::integer, $8::uuid[], $9, $10, $11, $12, $13::timestamptz,
  coalesce($14::timestamptz, clock_timestamp()), $15::integer, $16::integer, $17::text[]`;

/**
 * Where a remembered consent answers, all that is left to do is one statement, and so one commit: the consent row is locked as
 * it was read, the grant follows from it, and the audit row from that.
 */
const ALLOW_REMEMBERED: Statement = {
  name: 'allow_remembered',
  text: `
WITH locked AS MATERIALIZED (
  SELECT k.user_id ${LIVE_CONSENT}
   WHERE k.user_id = $3::uuid AND k.client_id = $2 AND k.team_ids = $8::uuid[] AND k.scope = $19
     AND k.resources IS NOT DISTINCT FROM $20::text[] AND c.epoch = $4 AND c.status = 'enabled' FOR UPDATE OF k),
made AS (INSERT INTO authorization_grant (${GRANT_COLUMNS}) SELECT ${GRANT_VALUES} FROM locked RETURNING created_at),
told AS (${insertEvents('$14', '$18', 'EXISTS (SELECT FROM made)')})
SELECT ${CREATED_AT} FROM made`,
};

/** Consent, and the grants that follow from it. The consent row is the lock of its (user, client) pair. */
@Injectable()
export class Consents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    @Inject(TokenHandles) private readonly handles: TokenHandles,
    private readonly browsers: BrowserConnections,
  ) {}

  /** What the user once allowed this client, if it still stands. */
  async remembered(user_id: string, client_id: string): Promise<RememberedConsent | null> {
    const [row] = await this.browsers.run<{ team_ids: string[]; scope: string; resources: string[] | null }>(REMEMBERED, [
      user_id,
      client_id,
    ]);
    return row ? { ...row, scope: parseScope(row.scope) ?? [] } : null;
  }

  /**
   * Takes the consent row and makes the grant at generation 0, in the caller's transaction.
   *
   * @returns its code; null for a device, which holds its code already
   * @throws Problem `request-gone` when the client was paused since the flow began, or a remembered consent is not as it was read
   */
  async allow(tx: EntityManager, decision: Decision): Promise<string | null> {
    const taken = decision.remembered ? await this.#lock(tx, decision, decision.remembered) : await this.#give(tx, decision);
    if (!taken) throw new Problem('request-gone');
    const { device_grant_id } = decision;
    const { locator, grant_id } = device_grant_id === null ? TokenHandles.newLocator() : { locator: null, grant_id: device_grant_id };
    const insert = `INSERT INTO authorization_grant (${GRANT_COLUMNS}) VALUES (${GRANT_VALUES}) RETURNING ${CREATED_AT}`;
    const [row] = await tx.query<[{ created_at: number }]>(insert, this.#grantValues(grant_id, decision));
    await this.audit.record(tx, given(decision));
    return locator && this.#code(locator, decision, row.created_at);
  }

  /**
   * The same by a remembered consent alone, with no page and no request that was pending; resolves after the commit.
   *
   * @returns the code, or null where the consent does not stand any more as it was read, or its client was paused
   */
  async allowRemembered(decision: Decision & { readonly remembered: RememberedConsent }): Promise<string | null> {
    const { locator, grant_id } = TokenHandles.newLocator();
    const values = [
      ...this.#grantValues(grant_id, decision),
      eventsJson(given(decision)),
      decision.remembered.scope.join(' '),
      decision.remembered.resources,
    ];
    const [row] = await this.browsers.run<{ created_at: number }>(ALLOW_REMEMBERED, values);
    return row ? this.#code(locator, decision, row.created_at) : null;
  }

  /** The user's own remembered consents, newest first. */
  async list(user_id: string): Promise<ConsentRow[]> {
    const rows = await this.dataSource.query<(Omit<ConsentRow, 'given_at'> & { given_at: Date })[]>(
      `SELECT k.client_id, c.client_name, k.scope, k.given_at, coalesce(k.resources, '{}') AS resources,
              coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'organization_id', t.organization_id) ORDER BY t.name, t.id)
                          FROM team t WHERE t.id = ANY (k.team_ids)), '[]') AS teams
       ${LIVE_CONSENT} WHERE k.user_id = $1 ORDER BY k.given_at DESC, k.client_id`,
      [user_id],
    );
    return rows.map((row) => ({ ...row, given_at: row.given_at.toISOString() }));
  }

  /**
   * Forgets one of the user's consents, and with it the codes that were not exchanged yet; tokens that it led to live on.
   * The consent row first, the grants in the next statement: it is the lock against a consent under way.
   */
  async forget(actor: Actor, client_id: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const [rows] = await tx.query<[{ organization_id: string; client_name: string }[], number]>(
        `DELETE FROM consent k USING oauth_client c WHERE c.client_id = k.client_id AND k.user_id = $1 AND k.client_id = $2
         RETURNING c.organization_id, c.client_name`,
        [actor.user.id, client_id],
      );
      const row = rows[0];
      if (!row) throw new Problem('not-found');
      await tx.query(
        `UPDATE authorization_grant SET revoked_at = coalesce($3::timestamptz, clock_timestamp()), revoked_reason = 'user'
          WHERE user_id = $1 AND client_id = $2 AND generation = 0 AND revoked_at IS NULL`,
        [actor.user.id, client_id, this.clock.bind()],
      );
      await this.audit.record(tx, {
        actor,
        organization_id: row.organization_id,
        action: 'consent.forgotten',
        target_type: 'oauth_client',
        target_id: client_id,
        target_name: row.client_name,
      });
    });
  }

  /**
   * Forgets a consent in the caller's transaction. Its row is taken even where there is none yet: a first consent under way is
   * waited for, since a mere deletion does not see it and would leave it standing without its grants.
   *
   * @returns whether there was one
   */
  async withdraw(tx: EntityManager, user_id: string, client_id: string): Promise<boolean> {
    await tx.query(
      `INSERT INTO consent AS k (user_id, client_id, team_ids, scope, user_epoch, consent_epoch, given_at)
       SELECT $1, c.client_id, '{}', '', 0, c.consent_epoch, clock_timestamp() FROM oauth_client c WHERE c.client_id = $2
       ON CONFLICT (user_id, client_id) DO UPDATE SET scope = k.scope`,
      [user_id, client_id],
    );
    const [[row]] = await tx.query<[{ scope: string }[], number]>(
      'DELETE FROM consent WHERE user_id = $1 AND client_id = $2 RETURNING scope',
      [user_id, client_id],
    );
    return row !== undefined && row.scope !== '';
  }

  async #give(tx: EntityManager, { actor, user_epoch, client, client_epoch, team_ids, scope, resources }: Decision): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `INSERT INTO consent (user_id, client_id, team_ids, scope, user_epoch, consent_epoch, given_at, resources)
       SELECT $1, c.client_id, $3::uuid[], $4, $5, c.consent_epoch, coalesce($7::timestamptz, clock_timestamp()), $8::text[]
         FROM oauth_client c WHERE c.client_id = $2 AND c.epoch = $6 AND c.status = 'enabled'
       ON CONFLICT (user_id, client_id) DO UPDATE SET team_ids = excluded.team_ids, scope = excluded.scope,
         user_epoch = excluded.user_epoch, consent_epoch = excluded.consent_epoch, given_at = excluded.given_at,
         resources = excluded.resources
       RETURNING 1`,
      [actor.user.id, client.client_id, team_ids, scope.join(' '), user_epoch, client_epoch, this.clock.bind(), resources],
    );
    return rows.length > 0;
  }

  /** Waits for a change under way, and then finds the consent only as it was read: what that took away must not go out once more. */
  async #lock(tx: EntityManager, { actor, client, client_epoch }: Decision, remembered: RememberedConsent): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT 1 ${LIVE_CONSENT}
        WHERE k.user_id = $1 AND k.client_id = $2 AND c.epoch = $3 AND c.status = 'enabled' AND k.team_ids = $4::uuid[] AND k.scope = $5
          AND k.resources IS NOT DISTINCT FROM $6::text[] FOR UPDATE OF k`,
      [actor.user.id, client.client_id, client_epoch, remembered.team_ids, remembered.scope.join(' '), remembered.resources],
    );
    return rows.length > 0;
  }

  #grantValues(id: string, decision: Decision): unknown[] {
    const { client } = decision;
    const renewable = client.issue_refresh_token && decision.refresh_epoch !== null;
    return [
      id,
      client.client_id,
      decision.actor.user.id,
      decision.client_epoch,
      decision.refresh_epoch,
      decision.multi_team_epoch,
      decision.user_epoch,
      decision.team_ids,
      decision.scope.join(' '),
      decision.redirect_uri,
      decision.code_challenge,
      decision.nonce,
      decision.authenticated_at,
      this.clock.bind(),
      renewable ? client.refresh_token_lifetime_seconds : null,
      client.access_token_lifetime_seconds,
      decision.resources,
    ];
  }

  /** @param created_at when the grant was made, in seconds since the epoch */
  #code(locator: Buffer, { scope, dpop_jkt: jkt }: Decision, created_at: number): string {
    const scope_bits = scopeBits(scope, scope);
    const issued_at = Math.floor(created_at);
    return this.handles.encode({ kind: 'ac', locator, generation: 0, scope_bits, issued_at, lifetime_seconds: CODE_LIFETIME_SECONDS, jkt });
  }
}

function given({ actor, client, remembered, device_grant_id, team_ids, scope, resources }: Decision): AuditEntry {
  return {
    actor,
    organization_id: client.organization_id,
    action: 'consent.given',
    target_type: 'oauth_client',
    target_id: client.client_id,
    target_name: client.client_name,
    reason: device_grant_id !== null ? 'device' : remembered && 'remembered',
    changes: { team_ids: [null, team_ids], scope: [null, scope.join(' ')], ...(resources && { resources: [null, resources] }) },
  };
}
