import {
  formatScope,
  grantEnd,
  isGrantLive,
  LIVE_TOKENS_CAP,
  narrowAccess,
  type Narrowing,
  parseScope,
  type TokenRow,
} from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, AuditLog } from '../audit/index.js';
import { type Actor, requirePermission } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Problem, validationFailed } from '../platform/problem.js';
import { Consents } from './consents.js';
import type { Show } from './connected-apps.js';
import { GRANT_LIVE, GRANT_STANDS, GRANTS_WITH_OWNERS, OWNERS, STANDING_LIVE } from './grant-sql.js';
import { LiveGrants } from './live-grants.js';
import type { LiveGrant } from './live-row.js';
import { Revocations } from './revocation.js';
import { TokenRows } from './token-rows.js';

/** What a grant holds, read under its lock. */
interface Held {
  readonly live: boolean;
  readonly team_ids: string[];
  readonly scope: string;
  readonly team_names: Record<string, string>;
}

/** Ending and narrowing access that was granted. What is ended is ended for good, and nothing is ever added. */
@Injectable()
export class AccessCuts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly live: LiveGrants,
    private readonly tokens: TokenRows,
    private readonly revocations: Revocations,
    private readonly consents: Consents,
    private readonly audit: AuditLog,
  ) {}

  /** Ends one grant: one's own, or with SESSION_MANAGE anyone's of this organization's clients; else there is none (404). */
  async revoke(actor: Actor, token_id: string): Promise<void> {
    const [row] = await this.dataSource.query<{ user_id: string; organization_id: string }[]>(
      `SELECT g.user_id, c.organization_id FROM ${GRANTS_WITH_OWNERS} WHERE g.id = $1 AND g.generation > 0`,
      [token_id],
    );
    const mine = row?.user_id === actor.user.id;
    if (!row || (!mine && row.organization_id !== actor.organization_id)) throw new Problem('not-found');
    if (!mine) requirePermission(actor, 'SESSION_MANAGE');
    const ended = await this.revocations.revokeGrant(token_id, mine ? 'user' : 'administrator', actor.origin, actor);
    if (!ended) throw new Problem('not-found');
  }

  /** Ends every live grant of a client that is shown, open codes too, and forgets the consent. @returns how many rows were live */
  async revokeAll(actor: Actor, client_id: string, show: Show): Promise<{ revoked: number }> {
    if (show === 'mine') return { revoked: await this.dataSource.transaction((tx) => this.#revokeMine(tx, actor, client_id)) };
    requirePermission(actor, 'SESSION_MANAGE');
    return { revoked: await this.#revokeEveryones(actor, client_id) };
  }

  /**
   * Takes teams or scope away from one live grant; the next request obeys.
   *
   * @throws Problem `not-found`, `permission-required`, `validation-failed` for what the grant does not hold
   */
  async narrow(actor: Actor, token_id: string, wanted: Narrowing): Promise<TokenRow> {
    const grant = await this.#manageable(actor, token_id);
    await this.dataSource.transaction(async (tx) => {
      const held = await this.#lock(tx, token_id);
      const left = narrowAccess({ team_ids: held.team_ids, scope: parseScope(held.scope) ?? [] }, wanted);
      if ('violations' in left) throw validationFailed(left.violations);
      const scope = formatScope(left.scope);
      const changes = changesOf(held, left.team_ids, scope);
      if (!changes) return;
      await tx.query('UPDATE authorization_grant SET team_ids = $2::uuid[], narrowed_scope = $3 WHERE id = $1', [
        token_id,
        left.team_ids,
        scope,
      ]);
      const target = { target_type: 'token', target_id: token_id, target_name: grant.client_name };
      await this.audit.record(tx, { actor, organization_id: grant.organization_id, action: 'token.narrowed', ...target, changes });
    });
    const [row] = await this.tokens.describe([{ grant_id: token_id, generation: grant.generation }]);
    if (!row) throw new Problem('not-found');
    return row;
  }

  /** A live grant that the actor may change: one's own, or with SESSION_MANAGE anyone's of this organization's clients. */
  async #manageable(actor: Actor, token_id: string): Promise<LiveGrant> {
    const grant = await this.live.findWithNames({ grant_id: token_id, generation: 1 });
    const mine = grant?.user_id === actor.user.id;
    const visible = grant && grant.generation > 0 && (mine || grant.organization_id === actor.organization_id);
    if (!visible) throw new Problem('not-found');
    if (!mine) requirePermission(actor, 'SESSION_MANAGE');
    if (!isGrantLive(grant) || grant.now >= grantEnd(grant)) throw new Problem('not-found');
    return grant;
  }

  /**
   * Of two that narrow at once the second one sees what the first one left. The client's row is locked with the grant's: a
   * switch to Single team ends grants of several teams for good, and must not come between the judgement and the write that
   * leaves one team.
   */
  async #lock(tx: EntityManager, token_id: string): Promise<Held> {
    const [held] = await tx.query<Held[]>(
      `SELECT ${GRANT_LIVE('$2')} AS live, g.team_ids, coalesce(g.narrowed_scope, g.scope) AS scope,
              coalesce((SELECT jsonb_object_agg(t.id, t.name) FROM team t WHERE t.id = ANY (g.team_ids)), '{}') AS team_names
         FROM ${GRANTS_WITH_OWNERS} WHERE g.id = $1 FOR NO KEY UPDATE OF g FOR SHARE OF c`,
      [token_id, this.clock.bind()],
    );
    if (!held?.live) throw new Problem('not-found');
    return held;
  }

  /** The consent row first, the grants in the next statement: it is the lock against a consent under way. */
  async #revokeMine(tx: EntityManager, actor: Actor, client_id: string): Promise<number> {
    const forgotten = await this.consents.withdraw(tx, actor.user.id, client_id);
    const [{ ended, live }] = await tx.query<[{ ended: number; live: number }]>(
      `WITH g AS (UPDATE authorization_grant SET revoked_at = coalesce($3::timestamptz, clock_timestamp()), revoked_reason = 'user'
                   WHERE user_id = $1 AND client_id = $2 AND revoked_at IS NULL RETURNING *)
       SELECT (SELECT count(*)::integer FROM g) AS ended, (SELECT count(*)::integer FROM g ${OWNERS} WHERE ${GRANT_STANDS('$3')}) AS live`,
      [actor.user.id, client_id, this.clock.bind()],
    );
    if (ended) await this.#recordGroup(tx, actor, client_id, { action: 'token.revoked', count: Math.max(1, live) });
    if (forgotten) await this.#recordGroup(tx, actor, client_id, { action: 'consent.forgotten' });
    return live;
  }

  /**
   * O(1): the client's epochs move on, and with them every grant, code, open page and consent is void. Many are counted
   * exactly only once that is done.
   */
  async #revokeEveryones(actor: Actor, client_id: string): Promise<number> {
    const epoch = await this.dataSource.transaction(async (tx) => {
      const [[client]] = await tx.query<[{ epoch: number }[], number]>(
        `UPDATE oauth_client SET epoch = epoch + 1, consent_epoch = consent_epoch + 1 WHERE client_id = $1 AND organization_id = $2 RETURNING epoch`,
        [client_id, actor.organization_id],
      );
      if (!client) throw new Problem('not-found');
      const live = await this.#countEnded(tx, client_id, client.epoch, LIVE_TOKENS_CAP);
      await this.#recordGroup(tx, actor, client_id, { action: 'token.revoked', count: Math.max(1, live) });
      return client.epoch;
    });
    return this.#countEnded(this.dataSource.manager, client_id, epoch);
  }

  /** How many were live until an epoch ended them. */
  async #countEnded(tx: EntityManager, client_id: string, epoch: number, cap: number | null = null): Promise<number> {
    const [row] = await tx.query<[{ live: number }]>(
      `SELECT count(*)::integer AS live FROM (
         SELECT FROM oauth_client c JOIN standing_grant s ON ${STANDING_LIVE('$3', '$2::integer - 1')} WHERE c.client_id = $1 LIMIT $4) x`,
      [client_id, epoch, this.clock.bind(), cap],
    );
    return row.live;
  }

  async #recordGroup(tx: EntityManager, actor: Actor, client_id: string, what: Pick<AuditEntry, 'action' | 'count'>): Promise<void> {
    const [client] = await tx.query<{ organization_id: string; client_name: string }[]>(
      'SELECT organization_id, client_name FROM oauth_client WHERE client_id = $1',
      [client_id],
    );
    await this.audit.record(tx, {
      actor,
      organization_id: client?.organization_id ?? actor.organization_id,
      ...what,
      target_type: 'oauth_client',
      target_id: client_id,
      target_name: client?.client_name ?? null,
      reason: 'revoke_all',
    });
  }
}

/** What is different afterwards; null when nothing is. */
function changesOf(held: Held, team_ids: readonly string[], scope: string): Record<string, [unknown, unknown]> | null {
  const names = (ids: readonly string[]) => ids.map((id) => held.team_names[id] ?? id);
  const changes: Record<string, [unknown, unknown]> = {};
  if (team_ids.length < held.team_ids.length) {
    changes['team_ids'] = [held.team_ids, team_ids];
    changes['teams'] = [names(held.team_ids), names(team_ids)];
  }
  if (scope !== held.scope) changes['scope'] = [held.scope, scope];
  return Object.keys(changes).length ? changes : null;
}
