import { checkTeamName, type Member, type Page, type Role, type Team } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { Conditions, likePattern, Listing, type ListPlan, type ListQuery } from '../platform/database/listing.js';
import { demandValid, Problem, validationFailed } from '../platform/problem.js';
import { organizationIds, tokenTeamIds } from './directory.js';

const TEAM_PLAN: ListPlan = {
  name: 'teams',
  columns: 't.id, t.name, t.organization_id, (SELECT count(*)::integer FROM membership m WHERE m.team_id = t.id) AS members',
  from: 'team t',
  sorts: { name: { sql: 'lower(t.name)', type: 'text' } },
  default_sort: 'name',
  id: { sql: 't.id', type: 'uuid' },
};

const MEMBER_PLAN: ListPlan = {
  name: 'members',
  columns: `jsonb_build_object('id', u.id, 'email', u.email, 'name', u.name) AS user, m.role`,
  from: 'membership m JOIN user_account u ON u.id = m.user_id',
  sorts: { name: { sql: 'lower(u.name)', type: 'text' } },
  default_sort: 'name',
  id: { sql: 'u.id', type: 'uuid' },
};

export interface TeamFilter {
  readonly organization_id?: string | undefined;
  readonly search?: string | undefined;
}

/** A user u whose name or address holds a pattern. Addresses are stored in lower case: a plain comparison is the cheaper one. */
export const namedLike = (pattern: string): string => `(u.email LIKE lower(${pattern}) OR u.name ILIKE ${pattern})`;

/** PostgreSQL's code for a unique constraint that was broken. */
const UNIQUE_VIOLATION = '23505';

/** Teams and who is in them. */
@Injectable()
export class Teams {
  constructor(
    private readonly dataSource: DataSource,
    private readonly listing: Listing,
    private readonly audit: AuditLog,
  ) {}

  /** Teams of every organization that the caller has a team in; with a token the teams it may act on. */
  async list(actor: Actor, { organization_id, search }: TeamFilter, query: ListQuery): Promise<Page<Team>> {
    const organizations = organizationIds(actor);
    const team_ids = tokenTeamIds(actor);
    const where = new Conditions()
      .add(organizations, (value) => `t.organization_id = ANY (${value}::uuid[])`)
      .add(organization_id, (value) => `t.organization_id = ${value}::uuid`)
      .add(team_ids, (value) => `t.id = ANY (${value}::uuid[])`)
      .add(search ? likePattern(search) : undefined, (value) => `t.name ILIKE ${value}`);
    const filter = { organizations, organization_id, team_ids, search };
    return this.listing.page<Team>(this.dataSource.manager, TEAM_PLAN, where, query, filter);
  }

  async get(team_id: string, tx: EntityManager = this.dataSource.manager): Promise<Team> {
    const [team] = await tx.query<Team[]>(`SELECT ${TEAM_PLAN.columns} FROM ${TEAM_PLAN.from} WHERE t.id = $1`, [team_id]);
    if (!team) throw new Problem('not-found');
    return team;
  }

  /** @throws Problem `validation-failed` for a name that is taken */
  async create(actor: Actor, { name, organization_id }: { name: string; organization_id: string }): Promise<Team> {
    demandValid([checkTeamName(name)]);
    return this.dataSource.transaction(async (tx) => {
      const insert = 'INSERT INTO team (organization_id, name) VALUES ($1, $2) RETURNING id';
      const [{ id }] = await refuseTaken(tx.query<[{ id: string }]>(insert, [organization_id, name]));
      const target = { target_type: 'team', target_id: id, target_name: name, team_id: id };
      await this.audit.record(tx, { actor, organization_id, action: 'team.created', ...target, changes: { name: [null, name] } });
      return this.get(id, tx);
    });
  }

  async rename(actor: Actor, team_id: string, name: string): Promise<Team> {
    demandValid([checkTeamName(name)]);
    return this.dataSource.transaction(async (tx) => {
      const [before] = await tx.query<{ name: string; organization_id: string }[]>(
        'SELECT name, organization_id FROM team WHERE id = $1 FOR NO KEY UPDATE',
        [team_id],
      );
      if (!before) throw new Problem('not-found');
      if (before.name !== name) {
        await refuseTaken(tx.query('UPDATE team SET name = $2 WHERE id = $1', [team_id, name]));
        const { organization_id } = before;
        const target = { target_type: 'team', target_id: team_id, target_name: name, team_id };
        await this.audit.record(tx, { actor, organization_id, action: 'team.updated', ...target, changes: { name: [before.name, name] } });
      }
      return this.get(team_id, tx);
    });
  }

  async members(team_id: string, search: string | undefined, query: ListQuery): Promise<Page<Member>> {
    const where = new Conditions()
      .add(team_id, (value) => `m.team_id = ${value}::uuid`)
      .add(search ? likePattern(search) : undefined, namedLike);
    return this.listing.page<Member>(this.dataSource.manager, MEMBER_PLAN, where, query, { team_id, search });
  }

  /** The role of a user in a team, or null. */
  async role(tx: EntityManager, team_id: string, user_id: string): Promise<Role | null> {
    const [row] = await tx.query<{ role: Role }[]>('SELECT role FROM membership WHERE team_id = $1 AND user_id = $2', [team_id, user_id]);
    return row?.role ?? null;
  }
}

/** Two teams of one organization cannot share a name; the constraint decides, also between two that come at once. */
async function refuseTaken<Result>(write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
    throw validationFailed([{ pointer: '/name', code: 'taken', detail: 'Another team of this organization has this name.' }]);
  }
}
