import {
  type ConnectedApp,
  ENDED_TOKENS_LISTED_SECONDS,
  formatScope,
  grantEnd,
  isGrantLive,
  type Page,
  parseScope,
  type TokenRow,
  tokenStatus,
} from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, AuditLog } from '../audit/index.js';
import { type Actor, requirePermission } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Conditions, Listing, type ListPlan, type ListQuery } from '../platform/database/listing.js';
import { Problem, validationFailed } from '../platform/problem.js';
import { type LiveGrant, LiveGrants, liveScope, liveTeams, toTeam } from './live-grants.js';
import { Revocations } from './revocation.js';
import { GRANT_END, GRANT_LIVE, GRANTS_WITH_OWNERS } from './grant-sql.js';

export type Show = 'mine' | 'organization';

/** What is to be left; what is not named stays as it is. */
export interface Narrowing {
  readonly team_ids?: readonly string[];
  readonly scope?: string;
}

const GROUPS: Omit<ListPlan, 'columns' | 'from'> = {
  name: 'connected-apps',
  sorts: {
    last_used_at: { sql: 'a.last_used_at', type: 'timestamptz', nullable: true },
    created_at: { sql: 'a.created_at', type: 'timestamptz' },
    expires_at: { sql: 'a.expires_at', type: 'timestamptz' },
  },
  default_sort: '-last_used_at',
  id: { sql: 'a.client_id', type: 'text' },
};

const ROWS: ListPlan = {
  name: 'tokens',
  columns: 'g.id AS token_id, g.generation',
  from: GRANTS_WITH_OWNERS,
  sorts: {
    last_used_at: { sql: 'g.last_used_at', type: 'timestamptz', nullable: true },
    created_at: { sql: 'g.created_at', type: 'timestamptz' },
    expires_at: { sql: GRANT_END, type: 'timestamptz' },
  },
  default_sort: '-last_used_at',
  id: { sql: 'g.id', type: 'uuid' },
};

/** What has access now, and how to cut it off. A row is one authorization grant; its id is never usable as a token. */
@Injectable()
export class ConnectedApps {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly listing: Listing,
    private readonly live: LiveGrants,
    private readonly revocations: Revocations,
    private readonly audit: AuditLog,
  ) {}

  /** Clients with live grants: mine wherever they are registered, or everyone's of this organization's clients. */
  async groups(actor: Actor, show: Show, query: ListQuery): Promise<Page<ConnectedApp>> {
    const where = new Conditions();
    this.#visible(actor, show, where);
    where.and(GRANT_LIVE(where.bind(this.clock.bind())));
    const from = `(SELECT c.client_id, c.client_name, count(*)::integer AS live_tokens, max(g.last_used_at) AS last_used_at,
                          max(g.created_at) AS created_at, max(${GRANT_END}) AS expires_at
                     FROM ${GRANTS_WITH_OWNERS} WHERE ${where.toString()} GROUP BY c.client_id) a`;
    const outer = new Conditions();
    for (const value of where.values) outer.bind(value);
    const plan = { ...GROUPS, columns: 'a.client_id, a.client_name, a.live_tokens', from };
    return this.listing.page<ConnectedApp>(this.dataSource.manager, plan, outer, query, { show, user: actor.user.id });
  }

  /** The rows of one client. `ended`: expired and revoked ones of the last 30 days in place of the live ones. */
  async rows(actor: Actor, client_id: string, show: Show, ended: boolean, query: ListQuery): Promise<Page<TokenRow>> {
    const where = new Conditions();
    this.#visible(actor, show, where).add(client_id, (value) => `g.client_id = ${value}`);
    const now = where.bind(this.clock.bind());
    if (ended) {
      const since = where.bind(ENDED_TOKENS_LISTED_SECONDS);
      where.and(`g.generation > 0 AND NOT (${GRANT_LIVE(now)})`);
      where.and(
        `coalesce(g.revoked_at, ${GRANT_END}) > coalesce(${now}::timestamptz, clock_timestamp()) - ${since}::integer * interval '1 second'`,
      );
    } else {
      where.and(GRANT_LIVE(now));
    }
    const filter = { show, user: actor.user.id, client_id, ended };
    const page = await this.listing.page<{ token_id: string; generation: number }>(this.dataSource.manager, ROWS, where, query, filter);
    return { ...page, items: await this.#describe(page.items) };
  }

  /** Ends every live grant of a client that is shown, and forgets the consent. @returns how many rows were live */
  async revokeAll(actor: Actor, client_id: string, show: Show): Promise<{ revoked: number }> {
    if (show === 'organization') requirePermission(actor, 'SESSION_MANAGE');
    return this.dataSource.transaction(async (tx) => {
      const revoked = show === 'mine' ? await this.#revokeMine(tx, actor, client_id) : await this.#revokeEveryones(tx, actor, client_id);
      return { revoked };
    });
  }

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

  /**
   * Takes teams or scope away from one live grant; the next request obeys, and nothing is ever added.
   *
   * @throws Problem `not-found`, `permission-required`, `validation-failed` for what the grant does not hold
   */
  async narrow(actor: Actor, token_id: string, { team_ids, scope }: Narrowing): Promise<TokenRow> {
    const grant = await this.#manageable(actor, token_id);
    const words = scope === undefined ? grant.granted_scope : subset(parseScope(scope) ?? [], grant.granted_scope, '/scope');
    const teams = team_ids === undefined ? grant.team_ids : subset(team_ids, grant.team_ids, '/team_ids');
    await this.dataSource.transaction(async (tx) => {
      const [, affected] = await tx.query<[unknown[], number]>(
        // What another edit took away meanwhile stays away: each side is written only as a part of what is there.
        `UPDATE authorization_grant SET team_ids = $2::uuid[], narrowed_scope = $3
          WHERE id = $1 AND revoked_at IS NULL AND team_ids @> $2::uuid[] AND string_to_array(coalesce(narrowed_scope, scope), ' ') @> string_to_array($3, ' ')`,
        [token_id, teams, formatScope(words)],
      );
      if (!affected) throw new Problem('not-found');
      await this.audit.record(tx, {
        actor,
        organization_id: grant.organization_id,
        action: 'token.narrowed',
        target_type: 'token',
        target_id: token_id,
        target_name: grant.client_name,
        changes: { team_ids: [grant.team_ids, teams], scope: [formatScope(grant.granted_scope), formatScope(words)] },
      });
    });
    return toRow((await this.live.findWithNames({ grant_id: token_id, generation: grant.generation })) ?? grant);
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

  /** Narrows the list to what the actor may see. */
  #visible(actor: Actor, show: Show, where: Conditions): Conditions {
    if (show === 'mine') return where.add(actor.user.id, (value) => `g.user_id = ${value}::uuid`);
    requirePermission(actor, 'SESSION_READ');
    return where.add(actor.organization_id, (value) => `c.organization_id = ${value}::uuid`);
  }

  async #describe(rows: readonly { token_id: string; generation: number }[]): Promise<TokenRow[]> {
    const grants = await Promise.all(rows.map((row) => this.live.findWithNames({ grant_id: row.token_id, generation: row.generation })));
    return grants.filter((grant) => grant !== null).map(toRow);
  }

  /** The consent row first, the grants in the next statement: it is the lock against a consent under way. */
  async #revokeMine(tx: EntityManager, actor: Actor, client_id: string): Promise<number> {
    const [, forgotten] = await tx.query<[unknown[], number]>('DELETE FROM consent WHERE user_id = $1 AND client_id = $2', [
      actor.user.id,
      client_id,
    ]);
    const live = await this.#count(tx, `g.user_id = $1 AND g.client_id = $2`, [actor.user.id, client_id]);
    const [, affected] = await tx.query<[unknown[], number]>(
      `UPDATE authorization_grant SET revoked_at = coalesce($3::timestamptz, clock_timestamp()), revoked_reason = 'user'
        WHERE user_id = $1 AND client_id = $2 AND revoked_at IS NULL`,
      [actor.user.id, client_id, this.clock.bind()],
    );
    if (forgotten > 0) await this.#recordGroup(tx, actor, client_id, { action: 'consent.forgotten' });
    if (affected > 0) await this.#recordGroup(tx, actor, client_id, { action: 'token.revoked', count: Math.max(1, live) });
    return live;
  }

  /** O(1): the client's epochs move on, and with them every grant, code, open page and consent is void. */
  async #revokeEveryones(tx: EntityManager, actor: Actor, client_id: string): Promise<number> {
    const live = await this.#count(tx, `c.organization_id = $1 AND g.client_id = $2`, [actor.organization_id, client_id]);
    const [, affected] = await tx.query<[unknown[], number]>(
      'UPDATE oauth_client SET epoch = epoch + 1, consent_epoch = consent_epoch + 1 WHERE client_id = $1 AND organization_id = $2',
      [client_id, actor.organization_id],
    );
    if (!affected) throw new Problem('not-found');
    await this.#recordGroup(tx, actor, client_id, { action: 'token.revoked', count: Math.max(1, live) });
    return live;
  }

  async #count(tx: EntityManager, condition: string, values: readonly unknown[]): Promise<number> {
    const [row] = await tx.query<[{ live: number }]>(
      `SELECT count(*)::integer AS live FROM ${GRANTS_WITH_OWNERS} WHERE ${condition} AND ${GRANT_LIVE('$3')}`,
      [...values, this.clock.bind()],
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

/** A non-empty part of what is held. */
function subset(wanted: readonly string[], held: readonly string[], pointer: string): string[] {
  const distinct = [...new Set(wanted)];
  const detail = 'Name at least one, and only such as the token has.';
  if (!distinct.length || !distinct.every((each) => held.includes(each)))
    throw validationFailed([{ pointer, code: 'not-a-subset', detail }]);
  return held.filter((each) => distinct.includes(each));
}

function toRow(grant: LiveGrant): TokenRow {
  const teams = liveTeams(grant);
  return {
    token_id: grant.id,
    status: tokenStatus(grant, teams.length, grant.now),
    created_at: iso(grant.created_at),
    last_used_at: grant.last_used_at === null ? null : iso(grant.last_used_at),
    expires_at: iso(grantEnd(grant)),
    scope: formatScope(liveScope(grant)),
    teams: teams.map(toTeam),
    user: { id: grant.user_id, email: grant.email, name: grant.user_name },
  };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
