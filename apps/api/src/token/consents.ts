import type { ConsentRow } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { arraysOf, unnested } from '../platform/database/columns.js';
import { Problem } from '../platform/problem.js';
import { codeOf, CONSENT_STANDS, type Decision, given, grantColumns, insertGrants, type RememberedConsent } from './new-grants.js';
import { TokenHandles } from './token-handle.js';

const LIVE_CONSENT = `FROM consent k ${CONSENT_STANDS}`;
const NEW_GRANT = grantColumns({});
const INSERT_GRANT = insertGrants(unnested(NEW_GRANT), `$${Object.keys(NEW_GRANT).length + 1}`);

/** Consent, and the grants that follow from it. The consent row is the lock of its (user, client) pair. */
@Injectable()
export class Consents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    @Inject(TokenHandles) private readonly handles: TokenHandles,
  ) {}

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
    const values = [...arraysOf(NEW_GRANT, [{ grant_id, decision }]), this.clock.bind()];
    const [row] = await tx.query<[{ created_at: number }]>(INSERT_GRANT, values);
    await this.audit.record(tx, given(decision));
    return locator && codeOf(this.handles, locator, decision, row.created_at);
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
}
