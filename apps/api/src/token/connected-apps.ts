import { type ConnectedApp, ENDED_TOKENS_LISTED_SECONDS, LIVE_TOKENS_CAP, type Page, type TokenRow } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, requirePermission } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Conditions, type Counted, Listing, type ListPlan, type ListQuery } from '../platform/database/listing.js';
import {
  ENDED_STANDING_GRANTS,
  GRANT_END,
  GRANT_ENDED,
  GRANT_LIVE,
  GRANT_LIVE_OF_MANY,
  GRANTS_WITH_OWNERS,
  LIVE_TOKENS,
  REVOKED_GRANTS,
  STANDING_END,
  STANDING_LIVE,
  STANDING_LIVE_OF_EACH,
} from './grant-sql.js';
import type { GrantKey } from './live-grants.js';
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

/** Everyone's that live, which may be very many: by what no refresh changes, an index has them in order. */
const EVERYONES: ListPlan = {
  ...ROWS,
  columns: 's.grant_id, (SELECT generation FROM authorization_grant g WHERE g.id = s.grant_id) AS generation',
  from: 'oauth_client c JOIN standing_grant s ON s.client_id = c.client_id',
  sorts: { created_at: { sql: 's.created_at', type: 'timestamptz' }, expires_at: { sql: STANDING_END, type: 'timestamptz' } },
  id: { sql: 's.grant_id', type: 'uuid' },
};

/** The last use stands in the grant alone, and each of them is read for it. */
const EVERYONES_BY_USE: ListPlan = { ...ROWS, from: 'authorization_grant g JOIN oauth_client c ON c.client_id = g.client_id' };

const GROUPS = {
  name: 'connected-apps',
  sorts: {
    last_used_at: { sql: 'c.last_used_at', type: 'timestamptz', nullable: true },
    created_at: { sql: 'c.created_at', type: 'timestamptz' },
    expires_at: { sql: 'c.expires_at', type: 'timestamptz' },
  },
  default_sort: '-last_used_at',
  id: { sql: 'c.client_id', type: 'text' },
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
    const { from, count, counted: total } = this.#groups(actor, shown, query.sort, where);
    const counted = shown.ended ? `0 AS live_tokens, ${count} AS ended_tokens` : `${count} AS live_tokens`;
    const plan = { ...GROUPS, columns: `c.client_id, c.client_name, ${counted}`, from };
    const filter = shownTo(actor, shown);
    return this.listing.page<ConnectedApp>(this.dataSource.manager, plan, where, query, filter, total);
  }

  #groups(actor: Actor, { show, ended }: Shown, sort: string | undefined, where: Conditions): Groups {
    const visible = this.#visible(actor, show, where);
    const byUse = sort === undefined || sort.endsWith('last_used_at');
    if (show === 'mine' || (ended && !byUse)) return gathered(visible, this.#condition(ended, where));
    const now = where.bind(this.clock.bind());
    if (ended) return endedByClient(visible, now, where.bind(ENDED_TOKENS_LISTED_SECONDS));
    return { ...everyonesByClient(visible, now), counted: this.#connected(actor) };
  }

  /** The clients that have anything live: each is met once, with its witnesses, and only those without a living one are searched for. */
  #connected(actor: Actor): Counted {
    const where = new Conditions();
    const now = where.bind(this.clock.bind());
    where.and(this.#visible(actor, 'organization', where));
    where.and(`(s.client_id IS NOT NULL OR EXISTS (SELECT FROM standing_grant s WHERE ${STANDING_LIVE_OF_EACH(now)}))`);
    return { from: `oauth_client c LEFT JOIN client_witness s ON ${STANDING_LIVE(now)}`, where, distinct: 'c.client_id' };
  }

  /** The rows of one client. */
  async rows(actor: Actor, client_id: string, shown: Shown, query: ListQuery): Promise<Page<TokenRow>> {
    const read =
      shown.show === 'organization' && !shown.ended ? this.#everyones(actor, client_id, query) : this.#few(actor, client_id, shown);
    const filter = { ...shownTo(actor, shown), client_id };
    const { plan, where, counted } = read;
    const page = await this.listing.page<GrantKey>(this.dataSource.manager, plan, where, query, filter, counted);
    return { ...page, items: await this.tokens.describe(page.items) };
  }

  /** Read one by one: a user's own, and what has ended. */
  #few(actor: Actor, client_id: string, shown: Shown): Reading {
    const where = new Conditions();
    where.and(this.#condition(shown.ended, where));
    where.and(this.#visible(actor, shown.show, where)).add(client_id, (value) => ofClient(value, shown.ended));
    return { plan: ROWS, where };
  }

  #everyones(actor: Actor, client_id: string, { sort = ROWS.default_sort }: ListQuery): Reading {
    const standing = () => this.#ofEveryones(actor, client_id, 's', STANDING_LIVE);
    if (!sort.endsWith('last_used_at')) return { plan: { ...EVERYONES, sorts: { ...ROWS.sorts, ...EVERYONES.sorts } }, where: standing() };
    const where = this.#ofEveryones(actor, client_id, 'g', GRANT_LIVE_OF_MANY);
    return { plan: EVERYONES_BY_USE, where, counted: { from: EVERYONES.from, where: standing() } };
  }

  #ofEveryones(actor: Actor, client_id: string, of: 'g' | 's', live: (now: string) => string): Conditions {
    const where = new Conditions();
    where.and(live(where.bind(this.clock.bind()))).and(this.#visible(actor, 'organization', where));
    return where.add(client_id, (value) => `${ofEpoch(of, value)} AND c.client_id = ${value}`);
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
  return ended ? `g.client_id = ${client_id}` : ofEpoch('g', client_id);
}

/** As values that the statement knows beforehand, so that an index whose next column is the order of the page gives it. */
function ofEpoch(of: 'g' | 's', client_id: string): string {
  return `${of}.client_id = ${client_id} AND ${of}.client_epoch = (SELECT epoch FROM oauth_client WHERE client_id = ${client_id})`;
}

/** Whose rows a list is of: everyone's is another list in each organization. */
function shownTo(actor: Actor, shown: Shown): Record<string, unknown> {
  return shown.show === 'mine' ? { ...shown, user_id: actor.user.id } : { ...shown, organization_id: actor.organization_id };
}

interface Reading {
  readonly plan: ListPlan;
  readonly where: Conditions;
  /** Where it costs less to count than where the page is read. */
  readonly counted?: Counted;
}

interface Groups {
  readonly from: string;
  /** How many of each, up to the cap. */
  readonly count: string;
  readonly counted?: Counted;
}

/** What a client is listed with, and what its grants are judged by. */
const JUDGING = `c.client_id, c.client_name, c.last_used_at, c.status, c.epoch, c.refresh_epoch, c.multi_team_epoch, c.issue_refresh_token,
  c.access_token_lifetime_seconds, c.refresh_token_lifetime_seconds`;

/** One's own authorizations are few enough to be gathered; when those of everyone ended is in no index, so they are read once for all clients. */
function gathered(visible: string, condition: string): Groups {
  const from = `(SELECT c.client_id, c.client_name, least(count(*), ${LIVE_TOKENS_CAP})::integer AS n, max(g.last_used_at) AS last_used_at,
                        max(g.created_at) AS created_at, max(${GRANT_END}) AS expires_at
                   FROM ${GRANTS_WITH_OWNERS} WHERE ${visible} AND ${condition} GROUP BY c.client_id) c`;
  return { from, count: 'c.n' };
}

/**
 * An organization's may be a million: each client is asked for the newest such one alone, which an index answers, and only
 * the clients of the page are counted. A client's last use stands in its own row, and its end is the newest one's.
 */
function everyonesByClient(visible: string, now: string): Groups {
  const from = `(SELECT ${JUDGING}, n.created_at, n.expires_at
                   FROM oauth_client c CROSS JOIN LATERAL (
                        SELECT s.created_at, ${STANDING_END} AS expires_at FROM standing_grant s
                         WHERE ${STANDING_LIVE_OF_EACH(now)} ORDER BY s.created_at DESC LIMIT 1) n
                  WHERE ${visible}) c`;
  return { from, count: LIVE_TOKENS(now, String(LIVE_TOKENS_CAP)) };
}

/** What has ended, by the client's own last use: a client is asked for one, and those of the page for as many as are counted. */
function endedByClient(visible: string, now: string, seconds: string): Groups {
  const [revoked, run_out] = [REVOKED_GRANTS(now, seconds), ENDED_STANDING_GRANTS(now, seconds)];
  const from = `(SELECT ${JUDGING} FROM oauth_client c
                  WHERE ${visible} AND (EXISTS (SELECT FROM ${revoked}) OR EXISTS (SELECT FROM ${run_out}))) c`;
  const count = `(SELECT count(*)::integer FROM (SELECT FROM ${revoked} UNION ALL SELECT FROM ${run_out} LIMIT ${LIVE_TOKENS_CAP}) x)`;
  return { from, count };
}
