import type { Page, User, UserImpact, UserSort, UserStatus } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import {
  Conditions,
  type Counted,
  likePattern,
  Listing,
  type ListPlan,
  type ListQuery,
  type SortKey,
} from '../platform/database/listing.js';
import { wireTime } from '../platform/database/wire-time.js';
import { Problem } from '../platform/problem.js';
import { Directory, readableOrganizationIds, tokenTeamIds } from './directory.js';
import { namedLike } from './teams.js';
import { UserGrants } from './user-grants.js';

export interface UserFilter {
  readonly search?: string | undefined;
  readonly status?: UserStatus | undefined;
}

/** The organization that is asked about, the teams that a token may act on (null: all), and the clock's bind value. */
const HERE = '(SELECT $1::uuid AS organization_id, $2::uuid[] AS team_ids, coalesce($3::timestamptz, clock_timestamp()) AS now) here';

const COLUMNS = `u.id, u.email, u.name, u.status, u.home_organization_id, u.password_hash IS NOT NULL AS has_password,
  (SELECT ${wireTime('i.expires_at')} FROM invitation i
    WHERE i.user_id = u.id AND i.expires_at > here.now AND u.home_organization_id = here.organization_id) AS invitation_expires_at,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'role', m.role) ORDER BY lower(t.name), t.id)
              FROM membership m JOIN team t ON t.id = m.team_id
             WHERE m.user_id = u.id AND m.organization_id = here.organization_id
               AND (here.team_ids IS NULL OR m.team_id = ANY (here.team_ids))), '[]') AS teams`;

const AT_HOME = 'u.home_organization_id = $1::uuid';
const GUEST = 'u.id IN (SELECT m.user_id FROM membership m WHERE m.organization_id = $1::uuid AND m.is_guest)';

const BELONGS = `(${AT_HOME} OR ${GUEST})`;

const USER_PLAN: ListPlan = {
  name: 'users',
  columns: COLUMNS,
  from: `user_account u, ${HERE}`,
  sorts: {
    name: { sql: 'lower(u.name)', type: 'text' },
    email: { sql: 'u.email', type: 'text' },
    status: { sql: 'u.status', type: 'text' },
  } satisfies Record<UserSort, SortKey>,
  default_sort: 'name',
  id: { sql: 'u.id', type: 'uuid' },
};

/**
 * Each is read in the order of the page: those at home by an index of their organization's, guests out of everyone's where there are many of
 * them, and else one by one.
 */
const PARTS = [AT_HOME, GUEST].map((condition) => ({ from: 'user_account u', condition }));
const UNSEARCHED: ListPlan = { ...USER_PLAN, from: HERE, parts: PARTS };

/** The people of an organization: those at home in it, and those with a team in it. Reading alone. */
@Injectable()
export class People {
  constructor(
    private readonly dataSource: DataSource,
    private readonly listing: Listing,
    private readonly directory: Directory,
    private readonly grants: UserGrants,
    private readonly clock: Clock,
  ) {}

  async list(actor: Actor, { search, status }: UserFilter, query: ListQuery): Promise<Page<User>> {
    const { organization_id } = actor;
    const team_ids = tokenTeamIds(actor);
    const where = new Conditions();
    for (const value of this.#here(actor)) where.bind(value);
    where.add(status, (value) => `u.status = ${value}`);
    // Whoever is searched for is found by reading all, which the order of a page would only slow down.
    if (search) where.and(BELONGS).add(likePattern(search), namedLike);
    const plan = search ? USER_PLAN : UNSEARCHED;
    const counted = search ? undefined : countedPeople(organization_id, status);
    return this.listing.page<User>(this.dataSource.manager, plan, where, query, { organization_id, team_ids, search, status }, counted);
  }

  /** @throws Problem `not-found` for a user who is neither at home in the caller's organization nor in a team of it */
  async get(actor: Actor, user_id: string, tx: EntityManager = this.dataSource.manager): Promise<User> {
    const text = `SELECT ${COLUMNS} FROM ${USER_PLAN.from} WHERE u.id = $4 AND ${BELONGS}`;
    const [user] = await tx.query<User[]>(text, [...this.#here(actor), user_id]);
    if (!user) throw new Problem('not-found');
    return user;
  }

  /**
   * What disabling a user, or a change in one team, touches. Of a guest only what this organization has a part in is
   * told: what they authorized elsewhere is nobody's business here.
   *
   * @throws Problem `not-found` for a user or a team out of reach
   */
  async impact(actor: Actor, user_id: string, team_id?: string): Promise<UserImpact> {
    const { home_organization_id } = await this.get(actor, user_id);
    const { organization_id } = actor;
    if (team_id === undefined) {
      return this.grants.impact(user_id, home_organization_id === organization_id ? {} : { organization_id });
    }
    const reachable = await this.directory.reachableTeams(actor, [team_id], readableOrganizationIds(actor));
    if (!reachable.size) throw new Problem('not-found');
    return this.grants.impact(user_id, { team_id });
  }

  #here(actor: Actor): [string, string[] | null, Date | null] {
    return [actor.organization_id, tokenTeamIds(actor) ?? null, this.clock.bind()];
  }
}

/** Told by two indexes alone, whatever a page shows of them. */
function countedPeople(organization_id: string, status: UserStatus | undefined): Counted {
  const where = new Conditions();
  where.bind(organization_id);
  return { from: '', where: where.add(status, (value) => `u.status = ${value}`), parts: PARTS };
}
