import { type ConnectedApp, ENDED_TOKENS_LISTED_SECONDS, LIVE_TOKENS_CAP, type Page, type TokenRow } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, requirePermission } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Conditions, Listing, type ListPlan, type ListQuery } from '../platform/database/listing.js';
import { GRANT_END, GRANT_ENDED, GRANT_LIVE, GRANTS_WITH_OWNERS } from './grant-sql.js';
import { TokenRows } from './token-rows.js';

export type Show = 'mine' | 'organization';

/** Whose authorizations, and which: those that live, or those that ended in the last 30 days. */
export interface Shown {
  readonly show: Show;
  readonly ended: boolean;
}

const SORTS: ListPlan['sorts'] = {
  last_used_at: { sql: 'g.last_used_at', type: 'timestamptz', nullable: true },
  created_at: { sql: 'g.created_at', type: 'timestamptz' },
  expires_at: { sql: GRANT_END, type: 'timestamptz' },
};

const ROWS: ListPlan = {
  name: 'tokens',
  columns: 'g.id AS grant_id, g.generation',
  from: GRANTS_WITH_OWNERS,
  sorts: SORTS,
  default_sort: '-last_used_at',
  id: { sql: 'g.id', type: 'uuid' },
};

const GROUPS = {
  name: 'connected-apps',
  sorts: {
    last_used_at: { sql: 'a.last_used_at', type: 'timestamptz', nullable: true },
    created_at: { sql: 'a.created_at', type: 'timestamptz' },
    expires_at: { sql: 'a.expires_at', type: 'timestamptz' },
  },
  default_sort: '-last_used_at',
  id: { sql: 'a.client_id', type: 'text' },
} as const satisfies Omit<ListPlan, 'columns' | 'from'>;

/** What has access now. A row is one authorization grant; its id is never usable as a token. */
@Injectable()
export class ConnectedApps {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly listing: Listing,
    private readonly tokens: TokenRows,
  ) {}

  /** Clients that hold such authorizations: mine wherever they are registered, or everyone's of this organization's clients. */
  async groups(actor: Actor, shown: Shown, query: ListQuery): Promise<Page<ConnectedApp>> {
    const where = new Conditions();
    const condition = this.#condition(shown.ended, where);
    const visible = this.#visible(actor, shown.show, where);
    const { from, count } = shown.show === 'mine' || shown.ended ? gathered(visible, condition) : everyonesByClient(visible, condition);
    const counted = shown.ended ? `0 AS live_tokens, ${count} AS ended_tokens` : `${count} AS live_tokens`;
    const plan = { ...GROUPS, columns: `a.client_id, a.client_name, ${counted}`, from };
    const filter = shownTo(actor, shown);
    return this.listing.page<ConnectedApp>(this.dataSource.manager, plan, where, query, filter);
  }

  /** The rows of one client. */
  async rows(actor: Actor, client_id: string, shown: Shown, query: ListQuery): Promise<Page<TokenRow>> {
    const where = new Conditions();
    where.and(this.#condition(shown.ended, where));
    where.and(this.#visible(actor, shown.show, where)).add(client_id, (value) => ofClient(value, shown.ended));
    const filter = { ...shownTo(actor, shown), client_id };
    const page = await this.listing.page<{ grant_id: string; generation: number }>(this.dataSource.manager, ROWS, where, query, filter);
    return { ...page, items: await this.tokens.describe(page.items) };
  }

  #condition(ended: boolean, where: Conditions): string {
    const now = where.bind(this.clock.bind());
    return ended ? GRANT_ENDED(now, where.bind(ENDED_TOKENS_LISTED_SECONDS)) : GRANT_LIVE(now);
  }

  /** What the actor may see. */
  #visible(actor: Actor, show: Show, where: Conditions): string {
    if (show === 'mine') return `g.user_id = ${where.bind(actor.user.id)}::uuid`;
    requirePermission(actor, 'SESSION_READ');
    return `c.organization_id = ${where.bind(actor.organization_id)}::uuid`;
  }
}

/** What an epoch has ended is not even looked at where only what lives is asked for. */
function ofClient(client_id: string, ended: boolean): string {
  return `g.client_id = ${client_id}${ended ? '' : ` AND g.client_epoch = (SELECT epoch FROM oauth_client WHERE client_id = ${client_id})`}`;
}

/** Whose rows a list is of: everyone's is another list in each organization. */
function shownTo(actor: Actor, shown: Shown): Record<string, unknown> {
  return shown.show === 'mine' ? { ...shown, user_id: actor.user.id } : { ...shown, organization_id: actor.organization_id };
}

interface Groups {
  readonly from: string;
  /** How many of each, up to the cap. */
  readonly count: string;
}

/** One's own authorizations are few enough to be gathered; what has ended is found by no index, so everyone's is read once for all clients. */
function gathered(visible: string, condition: string): Groups {
  const from = `(SELECT c.client_id, c.client_name, least(count(*), ${LIVE_TOKENS_CAP})::integer AS n, max(g.last_used_at) AS last_used_at,
                        max(g.created_at) AS created_at, max(${GRANT_END}) AS expires_at
                   FROM ${GRANTS_WITH_OWNERS} WHERE ${visible} AND ${condition} GROUP BY c.client_id) a`;
  return { from, count: 'a.n' };
}

/**
 * An organization's may be a million: each client is asked for the newest such one alone, which an index answers, and only
 * the clients of the page are counted. A client's last use stands in its own row, and its end is the newest one's.
 */
function everyonesByClient(visible: string, condition: string): Groups {
  const from = `(SELECT c.client_id, c.client_name, c.last_used_at, n.created_at, n.expires_at
                   FROM oauth_client c CROSS JOIN LATERAL (
                        SELECT g.created_at, ${GRANT_END} AS expires_at FROM authorization_grant g JOIN user_account u ON u.id = g.user_id
                         WHERE g.client_id = c.client_id AND ${condition} ORDER BY g.created_at DESC LIMIT 1) n
                  WHERE ${visible}) a`;
  const count = `(SELECT count(*)::integer FROM (
                    SELECT FROM ${GRANTS_WITH_OWNERS} WHERE g.client_id = a.client_id AND ${condition} LIMIT ${LIVE_TOKENS_CAP}) x)`;
  return { from, count };
}
