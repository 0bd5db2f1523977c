import type { Member, Role, UserRef } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { Problem } from '../platform/problem.js';
import { demandAdministrators, lockOrganizations } from './administrators.js';
import { readableOrganizationIds } from './directory.js';
import { demandReach } from './roles.js';
import { Teams } from './teams.js';

/** Adding people to teams, changing what they are there, and taking them out. */
@Injectable()
export class Members {
  constructor(
    private readonly dataSource: DataSource,
    private readonly teams: Teams,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Gives a user a role in a team.
   *
   * @throws Problem `not-found` for a user out of reach, `permission-required` for a role above the caller's, `last-administrator`
   */
  async put(actor: Actor, team_id: string, user_id: string, role: Role): Promise<Member> {
    return this.dataSource.transaction(async (tx) => {
      const { organization_id, team_name, user, before } = await this.#lock(tx, actor, team_id, user_id);
      await demandReach(tx, actor, organization_id, 'TEAM_MANAGE', [before, role]);
      if (before === role) return { user, role };
      await tx.query(
        `INSERT INTO membership (user_id, team_id, organization_id, role) VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, team_id) DO UPDATE SET role = excluded.role`,
        [user_id, team_id, organization_id, role],
      );
      await demandAdministrators(tx, [organization_id]);
      await this.audit.record(tx, {
        actor,
        organization_id,
        action: before ? 'member.role_changed' : 'member.added',
        ...targetOf(user, team_id),
        changes: { role: [before, role], team: [team_name, team_name] },
      });
      return { user, role };
    });
  }

  /** @throws Problem `not-found` for who is not in the team, `permission-required`, `last-administrator` */
  async remove(actor: Actor, team_id: string, user_id: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const { organization_id, team_name, user, before } = await this.#lock(tx, actor, team_id, user_id);
      if (!before) throw new Problem('not-found');
      await demandReach(tx, actor, organization_id, 'TEAM_MANAGE', [before]);
      await tx.query('DELETE FROM membership WHERE team_id = $1 AND user_id = $2', [team_id, user_id]);
      await demandAdministrators(tx, [organization_id]);
      const changes = { role: [before, null], team: [team_name, null] } as const;
      await this.audit.record(tx, { actor, organization_id, action: 'member.removed', ...targetOf(user, team_id), changes });
    });
  }

  /** Takes the locks of the user and of the organization, and reads what is there under them. */
  async #lock(tx: EntityManager, actor: Actor, team_id: string, user_id: string) {
    const { organization_id, name: team_name } = await this.teams.get(team_id, tx);
    const [user] = await tx.query<UserRef[]>('SELECT id, email, name FROM user_account WHERE id = $1 FOR NO KEY UPDATE', [user_id]);
    await lockOrganizations(tx, [organization_id]);
    const before = await this.teams.role(tx, team_id, user_id);
    if (!user || !(before || (await this.#mayName(tx, actor, user_id)))) throw new Problem('not-found');
    return { organization_id, team_name, user, before };
  }

  /** A user can be added from wherever the caller may read users. */
  async #mayName(tx: EntityManager, actor: Actor, user_id: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `SELECT 1 FROM user_account u WHERE u.id = $1 AND (u.home_organization_id = ANY ($2::uuid[])
          OR EXISTS (SELECT FROM membership m WHERE m.user_id = u.id AND m.organization_id = ANY ($2::uuid[])))`,
      [user_id, readableOrganizationIds(actor)],
    );
    return rows.length > 0;
  }
}

function targetOf(user: UserRef, team_id: string) {
  return { target_type: 'user', target_id: user.id, target_name: user.email, team_id };
}
