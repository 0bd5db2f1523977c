import { checkEmail, checkUserName, type InvitedUser, normalizeEmail, type Role, type User, type UserStatus } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { demandValid, Problem, validationFailed } from '../platform/problem.js';
import { administeredBy, demandAdministrators, lockOrganizations } from './administrators.js';
import { Directory } from './directory.js';
import { Invitations } from './invitations.js';
import { People } from './people.js';
import { demandReach, rolesOf } from './roles.js';

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

/** Inviting people, and what their home organization decides on them. */
@Injectable()
export class Users {
  constructor(
    private readonly dataSource: DataSource,
    private readonly people: People,
    private readonly audit: AuditLog,
    private readonly directory: Directory,
    private readonly invitations: Invitations,
  ) {}

  /**
   * Adds a user whose home is the caller's organization, and makes the link by which the password is set.
   *
   * @throws Problem `validation-failed` for an address that is taken or a team out of reach, `permission-required`
   */
  async invite(actor: Actor, { name, memberships, ...given }: NewUser): Promise<InvitedUser> {
    const { organization_id } = actor;
    const email = normalizeEmail(given.email);
    demandValid([checkEmail(email), checkUserName(name), ...(await this.#checkTeams(actor, memberships))]);
    return this.dataSource.transaction(async (tx) => {
      await lockOrganizations(tx, [organization_id]);
      const roles = memberships.map(({ role }) => role);
      await demandReach(tx, actor, organization_id, 'USER_MANAGE', roles);
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
      const invitation_url = await this.invitations.issue(tx, user.id, actor.user.id);
      return { user: await this.people.get(actor, user.id, tx), invitation_url };
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
      return this.people.get(actor, user_id, tx);
    });
  }

  /** A new link for a user of this home organization who forgot the password or let the first link run out. */
  async resetPassword(actor: Actor, user_id: string): Promise<{ invitation_url: string }> {
    return this.dataSource.transaction(async (tx) => {
      const user = await this.#lockAtHome(tx, actor, user_id);
      // Whoever sets a password can sign in with it, so this reaches no further than disabling does.
      await this.#demandReach(tx, actor, user);
      await this.#record(tx, actor, 'user.invited', user, { reason: 'password_reset' });
      return { invitation_url: await this.invitations.issue(tx, user_id, actor.user.id) };
    });
  }

  async #disable(tx: EntityManager, actor: Actor, user: Account): Promise<void> {
    const administered = await administeredBy(tx, user.id);
    await this.#demandReach(tx, actor, user, administered);
    await tx.query(`UPDATE user_account SET status = 'disabled', epoch = epoch + 1 WHERE id = $1 AND status = 'active'`, [user.id]);
    await this.invitations.forget(tx, user.id);
    await demandAdministrators(tx, administered);
    await this.#record(tx, actor, 'user.disabled', user, { changes: { status: ['active', 'disabled'] } });
  }

  async #enable(tx: EntityManager, actor: Actor, user: Account): Promise<void> {
    // It gives every role back that disabling took the use of.
    await this.#demandReach(tx, actor, user);
    await tx.query(`UPDATE user_account SET status = 'active' WHERE id = $1 AND status = 'disabled'`, [user.id]);
    await this.#record(tx, actor, 'user.enabled', user, { changes: { status: ['disabled', 'active'] } });
  }

  /** Takes the locks, in key order, and judges the caller under them: nobody decides on a user who holds more than they do. */
  async #demandReach(tx: EntityManager, actor: Actor, { id }: Account, others: readonly string[] = []): Promise<void> {
    const { organization_id } = actor;
    await lockOrganizations(tx, [organization_id, ...others]);
    await demandReach(tx, actor, organization_id, 'USER_MANAGE', await rolesOf(tx, id, organization_id));
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
