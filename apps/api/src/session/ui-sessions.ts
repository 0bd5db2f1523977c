import { type Page, SESSION_ACTIVE_SECONDS, type UiSession } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, requirePermission } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { Conditions, type Counted, Listing, type ListPlan, type ListQuery } from '../platform/database/listing.js';
import { wireTime } from '../platform/database/wire-time.js';
import { Problem } from '../platform/problem.js';
import { describeAgent } from './user-agent.js';
import { Locations } from '../platform/locations.js';
import { instant, sessionEnd, sessionLive, sessionLiveOfMany } from './session-sql.js';
import { Sessions } from './sessions.js';

export type Show = 'mine' | 'organization';

interface Row extends Omit<UiSession, 'client' | 'location' | 'current'> {
  readonly user_agent: string | null;
}

/** $1 the clock's bind value, $2 idle seconds, $3 seconds during which a session shows as active. */
const PLAN: ListPlan = {
  name: 'ui-sessions',
  columns: `s.id AS session_id, CASE WHEN s.last_active_at > ${instant('here.now')} - make_interval(secs => here.active) THEN 'active' ELSE 'idle' END AS status,
    host(s.ip_address) AS ip_address, s.user_agent, ${wireTime('s.last_active_at')} AS last_active_at, ${wireTime(sessionEnd('here.idle'))} AS expires_at,
    jsonb_build_object('id', u.id, 'email', u.email, 'name', u.name) AS user`,
  from: `ui_session s JOIN user_account u ON u.id = s.user_id, (SELECT $1::timestamptz AS now, $2::float8 AS idle, $3::float8 AS active) here`,
  sorts: { last_active_at: { sql: 's.last_active_at', type: 'timestamptz' } },
  default_sort: '-last_active_at',
  id: { sql: 's.id', type: 'uuid' },
};

const AT_HOME = (organization_id: string): string => `s.home_organization_id = ${organization_id}::uuid`;

/** Where people are signed in, and ending it from afar. */
@Injectable()
export class UiSessions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly listing: Listing,
    private readonly sessions: Sessions,
    private readonly locations: Locations,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Live sessions: mine, or those of everyone whose home is this organization (`SESSION_READ`). */
  async list(actor: Actor, show: Show, query: ListQuery): Promise<Page<UiSession>> {
    if (show === 'organization') requirePermission(actor, 'SESSION_READ');
    const where = new Conditions();
    for (const value of [this.clock.bind(), this.config.session_idle_seconds, SESSION_ACTIVE_SECONDS]) where.bind(value);
    where.and(sessionLive('here.now', 'here.idle'));
    if (show === 'mine') where.add(actor.user.id, (value) => `s.user_id = ${value}::uuid`);
    else where.add(actor.organization_id, AT_HOME);
    const counted = show === 'mine' ? undefined : this.#everyones(actor);
    const filter = { show, user_id: actor.user.id, organization_id: actor.organization_id };
    const page = await this.listing.page<Row>(this.dataSource.manager, PLAN, where, query, filter, counted);
    return { ...page, items: page.items.map((row) => this.#describe(row, actor)) };
  }

  /** Ends a session: one's own, or with `SESSION_MANAGE` one of a user whose home this organization is; others do not exist (404). */
  async revoke(actor: Actor, session_id: string): Promise<void> {
    const [row] = await this.dataSource.query<{ user_id: string; home_organization_id: string }[]>(
      `SELECT s.user_id, u.home_organization_id FROM ui_session s JOIN user_account u ON u.id = s.user_id
        WHERE s.id = $1 AND ${sessionLive('$2', '$3')}`,
      [session_id, this.clock.bind(), this.config.session_idle_seconds],
    );
    const mine = row?.user_id === actor.user.id;
    if (!row || (!mine && row.home_organization_id !== actor.organization_id)) throw new Problem('not-found');
    if (!mine) requirePermission(actor, 'SESSION_MANAGE');
    if (!(await this.sessions.end(session_id, 'revoked', actor))) throw new Problem('not-found');
  }

  /**
   * Ends every other session of the user, and every sign-in that is under way: their epoch is an older one.
   *
   * @returns how many were live
   */
  async revokeOthers(actor: Actor): Promise<{ revoked: number }> {
    return this.dataSource.transaction(async (tx) => {
      const [[user]] = await tx.query<[[{ session_epoch: number }], number]>(
        'UPDATE user_account SET session_epoch = session_epoch + 1 WHERE id = $1 RETURNING session_epoch',
        [actor.user.id],
      );
      const revoked = await this.sessions.recordOthersEnded(tx, actor, 'signed_out_elsewhere');
      await tx.query('UPDATE ui_session SET session_epoch = $2 WHERE id = $1', [actor.session_id, user.session_epoch]);
      return { revoked };
    });
  }

  /** Thousands are counted by the index that has them in order, where those of the page are read with their users. */
  #everyones(actor: Actor): Counted {
    const where = new Conditions();
    where.and(sessionLiveOfMany(where.bind(this.clock.bind()), `${where.bind(this.config.session_idle_seconds)}::float8`));
    return { from: 'ui_session s', where: where.add(actor.organization_id, AT_HOME) };
  }

  #describe({ user_agent, ...row }: Row, actor: Actor): UiSession {
    const current = row.session_id === actor.session_id;
    return { ...row, current, client: describeAgent(user_agent), location: this.locations.of(row.ip_address) };
  }
}
