import {
  checkEmail,
  checkUserName,
  type InvitedUser,
  normalizeEmail,
  type Page,
  type Role,
  type User,
  type UserStatus,
} from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { Conditions, likePattern, Listing, type ListPlan, type ListQuery } from '../platform/database/listing.js';
import { demandValid, Problem, validationFailed } from '../platform/problem.js';
import { administeredBy, demandAdministrators, lockOrganizations } from './administrators.js';
import { Directory, tokenTeamIds } from './directory.js';
import { Invitations } from './invitations.js';
import { demandReach, rolesOf } from './roles.js';
import type { GrantPlace } from './user-grants.js';

export interface UserFilter {
  readonly search?: string | undefined;
  readonly status?: UserStatus | undefined;
}

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly memberships: readonly { readonly team_id: string; readonly role: Role }[];
}

export interface UserChange {
  readonly name?: string | undefined;
  readonly status?: UserStatus | undefined;
}

interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly status: UserStatus;
}

/** The organization that is asked about, and the teams that a token may act on (null: all). */
const HERE = '(SELECT $1::uuid AS organization_id, $2::uuid[] AS team_ids) here';

const COLUMNS = `u.id, u.email, u.name, u.status,
  coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'role', m.role) ORDER BY lower(t.name), t.id)
              FROM membership m JOIN team t ON t.id = m.team_id
             WHERE m.user_id = u.id AND m.organization_id = here.organization_id
               AND (here.team_ids IS NULL OR m.team_id = ANY (here.team_ids))), '[]') AS teams`;

const BELONGS = `(u.home_organization_id = here.organization_id
  OR EXISTS (SELECT FROM membership h WHERE h.user_id = u.id AND h.organization_id = here.organization_id))`;

const USER_PLAN: ListPlan = {
  name: 'users',
  columns: COLUMNS,
  from: `user_account u, ${HERE}`,
  sorts: { name: { sql: 'lower(u.name)', type: 'text' } },
  default_sort: 'name',
  id: { sql: 'u.id', type: 'uuid' },
};

/** The people of an organization: those at home in it, and those with a team in it. */
@Injectable()
export class Users {
  constructor(
    private readonly dataSource: DataSource,
    private readonly listing: Listing,
    private readonly audit: AuditLog,
    private readonly directory: Directory,
    private readonly invitations: Invitations,
  ) {}

  async list(actor: Actor, { search, status }: UserFilter, query: ListQuery): Promise<Page<User>> {
    const { organization_id } = actor;
    const team_ids = tokenTeamIds(actor);
    const where = new Conditions();
    where.bind(organization_id);
    where.bind(team_ids ?? null);
    where.and(BELONGS);
    where.add(status, (value) => `u.status = ${value}`);
    where.add(search ? likePattern(search) : undefined, (value) => `(u.name ILIKE ${value} OR u.email ILIKE ${value})`);
    return this.listing.page<User>(this.dataSource.manager, USER_PLAN, where, query, { organization_id, team_ids, search, status });
  }

  /** @throws Problem `not-found` for a user who is neither at home in the caller's organization nor in a team of it */
  async get(actor: Actor, user_id: string, tx: EntityManager = this.dataSource.manager): Promise<User> {
    const text = `SELECT ${COLUMNS} FROM ${USER_PLAN.from} WHERE ${BELONGS} AND u.id = $3`;
    const [user] = await tx.query<User[]>(text, [actor.organization_id, tokenTeamIds(actor) ?? null, user_id]);
    if (!user) throw new Problem('not-found');
    return user;
  }

  /** Of a guest only what this organization has a part in is told: what they authorized elsewhere is nobody's business here. */
  async partOf({ organization_id }: Actor, user_id: string): Promise<GrantPlace> {
    const [home] = await this.dataSource.query<unknown[]>('SELECT 1 FROM user_account WHERE id = $1 AND home_organization_id = $2', [
      user_id,
      organization_id,
    ]);
    return home ? {} : { organization_id };
  }

  /**
   * Adds a user whose home is the caller's organization, and makes the link by which the password is set.
   *
   * @throws Problem `validation-failed` for an address that is taken or a team out of reach, `permission-required`
   */
  async invite(actor: Actor, { name, memberships, ...given }: NewUser): Promise<InvitedUser> {
    const { organization_id } = actor;
    const email = normalizeEmail(given.email);
    demandValid([checkEmail(email), checkUserName(name), ...(await this.#checkTeams(actor, memberships))]);
    demandReach(
      actor,
      organization_id,
      memberships.map(({ role }) => role),
    );
    return this.dataSource.transaction(async (tx) => {
      const [user] = await tx.query<{ id: string; email: string }[]>(
        `INSERT INTO user_account (email, name, home_organization_id) VALUES (lower($1), $2, $3) ON CONFLICT (email) DO NOTHING RETURNING id, email`,
        [email, name, organization_id],
      );
      if (!user) throw validationFailed([{ pointer: '/email', code: 'taken', detail: 'Somebody has this address already.' }]);
      await tx.query(
        `INSERT INTO membership (user_id, team_id, organization_id, role)
         SELECT $1, m.team_id, $2, m.role FROM unnest($3::uuid[], $4::text[]) m(team_id, role)`,
        [user.id, organization_id, memberships.map(({ team_id }) => team_id), memberships.map(({ role }) => role)],
      );
      const changes = { email: [null, user.email], name: [null, name], memberships: [null, memberships] } as const;
      await this.#record(tx, actor, 'user.invited', user, { changes });
      return { user: await this.get(actor, user.id, tx), invitation_url: await this.invitations.issue(tx, user.id, actor.user.id) };
    });
  }

  /**
   * Changes a user's name or status.
   *
   * @throws Problem `not-found` unless this is the user's home organization, `permission-required`, `last-administrator`
   */
  async update(actor: Actor, user_id: string, { name, status }: UserChange): Promise<User> {
    demandValid([name === undefined ? null : checkUserName(name)]);
    return this.dataSource.transaction(async (tx) => {
      const before = await this.#lockAtHome(tx, actor, user_id);
      if (status === 'disabled' && before.status === 'active') await this.#disable(tx, actor, before);
      if (status === 'active' && before.status === 'disabled') await this.#enable(tx, actor, before);
      if (name !== undefined && name !== before.name) {
        await tx.query('UPDATE user_account SET name = $2 WHERE id = $1', [user_id, name]);
        await this.#record(tx, actor, 'user.updated', before, { changes: { name: [before.name, name] } });
      }
      return this.get(actor, user_id, tx);
    });
  }

  /** A new link for a user of this home organization who forgot the password or let the first link run out. */
  async resetPassword(actor: Actor, user_id: string): Promise<{ invitation_url: string }> {
    return this.dataSource.transaction(async (tx) => {
      const user = await this.#lockAtHome(tx, actor, user_id);
      // Whoever sets a password can sign in with it, so this reaches no further than disabling does.
      demandReach(actor, actor.organization_id, await rolesOf(tx, user_id, actor.organization_id));
      await this.#record(tx, actor, 'user.invited', user, { reason: 'password_reset' });
      return { invitation_url: await this.invitations.issue(tx, user_id, actor.user.id) };
    });
  }

  async #disable(tx: EntityManager, actor: Actor, user: Account): Promise<void> {
    const administered = await administeredBy(tx, user.id);
    await lockOrganizations(tx, administered);
    demandReach(actor, actor.organization_id, await rolesOf(tx, user.id, actor.organization_id));
    await tx.query(`UPDATE user_account SET status = 'disabled', epoch = epoch + 1 WHERE id = $1 AND status = 'active'`, [user.id]);
    await this.invitations.forget(tx, user.id);
    await demandAdministrators(tx, administered);
    await this.#record(tx, actor, 'user.disabled', user, { changes: { status: ['active', 'disabled'] } });
  }

  async #enable(tx: EntityManager, actor: Actor, user: Account): Promise<void> {
    await tx.query(`UPDATE user_account SET status = 'active' WHERE id = $1 AND status = 'disabled'`, [user.id]);
    await this.#record(tx, actor, 'user.enabled', user, { changes: { status: ['disabled', 'active'] } });
  }

  /** Only the home organization's administrators decide on the account itself; to all others it is not theirs. */
  async #lockAtHome(tx: EntityManager, actor: Actor, user_id: string): Promise<Account> {
    const [user] = await tx.query<Account[]>(
      'SELECT id, email, name, status FROM user_account WHERE id = $1 AND home_organization_id = $2 FOR NO KEY UPDATE',
      [user_id, actor.organization_id],
    );
    if (!user) throw new Problem('not-found');
    return user;
  }

  async #checkTeams(actor: Actor, memberships: NewUser['memberships']) {
    const ids = memberships.map(({ team_id }) => team_id);
    const reachable = await this.directory.reachableTeams(actor, ids, [actor.organization_id]);
    return ids.map((id, index) => {
      if (!reachable.has(id)) return { pointer: `/memberships/${index}/team_id`, code: 'not-found', detail: 'There is no such team here.' };
      if (ids.indexOf(id) === index) return null;
      return { pointer: `/memberships/${index}/team_id`, code: 'duplicate', detail: 'The team is named twice.' };
    });
  }

  async #record(
    tx: EntityManager,
    actor: Actor,
    action: 'user.invited' | 'user.updated' | 'user.disabled' | 'user.enabled',
    user: { id: string; email: string },
    more: { reason?: string; changes?: Record<string, readonly [unknown, unknown]> },
  ): Promise<void> {
    const target = { target_type: 'user', target_id: user.id, target_name: user.email };
    await this.audit.record(tx, { actor, organization_id: actor.organization_id, action, ...target, ...more });
  }
}
