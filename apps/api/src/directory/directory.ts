import { type Membership, type Organization, type Page, type Role, type RoleInfo, ROLES, type TeamRef, type UserRef } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TeamPlaces } from '../platform/access/team-places.js';
import { type Actor, permissionsIn } from '../platform/actor.js';
import { Conditions, Listing, type ListPlan, type ListQuery } from '../platform/database/listing.js';

export interface NamedTeam extends TeamRef {
  readonly organization_name: string;
}

const ORGANIZATION_PLAN: ListPlan = {
  name: 'organizations',
  columns: 'o.id, o.name',
  from: 'organization o',
  sorts: { name: { sql: 'lower(o.name)', type: 'text' } },
  default_sort: 'name',
  id: { sql: 'o.id', type: 'uuid' },
};

/** Who there is, where they belong, and as what: reading alone. */
@Injectable()
export class Directory extends TeamPlaces {
  constructor(
    private readonly dataSource: DataSource,
    private readonly listing: Listing,
  ) {
    super();
  }

  /** A user by id, whatever their status. */
  async user(id: string, tx: EntityManager = this.dataSource.manager): Promise<UserRef | null> {
    const [row] = await tx.query<UserRef[]>('SELECT id, email, name FROM user_account WHERE id = $1', [id]);
    return row ?? null;
  }

  /** A user's place in every team, in any organization. */
  async memberships(user_id: string, tx: EntityManager = this.dataSource.manager): Promise<Membership[]> {
    return tx.query<Membership[]>('SELECT team_id, organization_id, role FROM membership WHERE user_id = $1', [user_id]);
  }

  /** A user's teams with their names and their organizations' names, by name. */
  async teamsOf(user_id: string, tx: EntityManager = this.dataSource.manager): Promise<(NamedTeam & Membership)[]> {
    return tx.query<(NamedTeam & Membership)[]>(
      `SELECT t.id, t.name, t.organization_id, o.name AS organization_name, m.team_id, m.role
         FROM membership m JOIN team t ON t.id = m.team_id JOIN organization o ON o.id = t.organization_id
        WHERE m.user_id = $1 ORDER BY o.name, t.name, t.id`,
      [user_id],
    );
  }

  async organization(id: string, tx: EntityManager = this.dataSource.manager): Promise<Organization | null> {
    const [row] = await tx.query<Organization[]>('SELECT id, name FROM organization WHERE id = $1', [id]);
    return row ?? null;
  }

  /** Every organization that the user has a team in, by name. */
  async organizationsOf(user_id: string, tx: EntityManager = this.dataSource.manager): Promise<Organization[]> {
    return tx.query<Organization[]>(
      `SELECT o.id, o.name FROM organization o WHERE EXISTS (SELECT FROM membership m WHERE m.user_id = $1 AND m.organization_id = o.id)
        ORDER BY lower(o.name), o.id`,
      [user_id],
    );
  }

  override async organizationOf(team_id: string, tx: EntityManager = this.dataSource.manager): Promise<string | null> {
    const [row] = await tx.query<{ organization_id: string }[]>('SELECT organization_id FROM team WHERE id = $1', [team_id]);
    return row?.organization_id ?? null;
  }

  /** Those of the organizations and teams that exist and that the actor may act on. */
  async within(
    actor: Actor,
    ids: { team_ids: readonly string[]; organization_ids: readonly string[] },
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Set<string>> {
    const organizations = organizationIds(actor);
    const teams = await this.reachableTeams(actor, ids.team_ids, organizations, tx);
    return new Set([...teams, ...ids.organization_ids.filter((id) => organizations.includes(id))]);
  }

  /** Those of the teams that stand in one of the organizations and that the actor may act on. */
  async reachableTeams(
    actor: Actor,
    team_ids: readonly string[],
    organization_ids: readonly string[],
    tx: EntityManager = this.dataSource.manager,
  ): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }[]>(
      `SELECT id FROM team WHERE id = ANY ($1::uuid[]) AND organization_id = ANY ($2::uuid[]) AND ($3::uuid[] IS NULL OR id = ANY ($3::uuid[]))`,
      [team_ids, organization_ids, tokenTeamIds(actor) ?? null],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** One page of the organizations that the caller has a team in. */
  async organizations(actor: Actor, query: ListQuery): Promise<Page<Organization>> {
    const ids = organizationIds(actor);
    const where = new Conditions().add(ids, (value) => `o.id = ANY (${value}::uuid[])`);
    return this.listing.page<Organization>(this.dataSource.manager, ORGANIZATION_PLAN, where, query, { ids });
  }

  /** The roles there are, from the most to the least powerful. */
  roles(query: ListQuery): Page<RoleInfo> {
    const items = Object.entries(ROLES).map(([role, { name, permissions }]) => ({
      role: role as Role,
      name,
      permissions: [...permissions],
    }));
    return this.listing.pageOf('roles', items, query);
  }
}

/** The organizations that the actor has a team in; with a token those of the teams it may act on now. */
export function organizationIds(actor: Actor): string[] {
  return [...new Set(actor.memberships.map((membership) => membership.organization_id))].sort();
}

/** Those of them in which the actor may read users. */
export function readableOrganizationIds(actor: Actor): string[] {
  return organizationIds(actor).filter((id) => permissionsIn(actor, id).has('USER_READ'));
}

/** The teams that a token may act on now, or undefined for a browser session, which is not limited to teams. */
export function tokenTeamIds(actor: Actor): string[] | undefined {
  return actor.channel === 'oauth' ? actor.memberships.map((membership) => membership.team_id).sort() : undefined;
}
