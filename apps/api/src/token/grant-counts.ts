import type { ClientSettings, Impact, TeamRestrictions, UserImpact } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { GrantUsage } from '../client/index.js';
import type { GrantPlace, UserGrants } from '../directory/index.js';
import { Clock } from '../platform/clock.js';
import { Conditions } from '../platform/database/listing.js';
import { GRANT_LIVE, GRANTS_WITH_OWNERS, grantEnd, LIVE_TOKENS, STANDING_LIVE } from './grant-sql.js';

/** Counts of live grants, for lists, previews and dialogs of other modules. */
@Injectable()
export class GrantCounts implements GrantUsage {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async liveTokens(client_ids: readonly string[], cap?: number): Promise<Map<string, number>> {
    const rows = await this.dataSource.query<{ client_id: string; live: number }[]>(
      `SELECT client_id, ${LIVE_TOKENS('$2', '$3')} AS live FROM oauth_client c WHERE client_id = ANY ($1::text[])`,
      [client_ids, this.clock.bind(), cap ?? null],
    );
    return new Map(rows.map(({ client_id, live }) => [client_id, live]));
  }

  async impact(client_ids: readonly string[]): Promise<Impact> {
    const [row] = await this.dataSource.query<[{ live_tokens: number; users: number; last_used_at: Date | null }]>(
      `SELECT count(*)::integer AS live_tokens, count(DISTINCT s.user_id)::integer AS users,
              (SELECT max(last_used_at) FROM oauth_client WHERE client_id = ANY ($1::text[])) AS last_used_at
         FROM oauth_client c JOIN standing_grant s ON ${STANDING_LIVE('$2')} WHERE c.client_id = ANY ($1::text[])`,
      [client_ids, this.clock.bind()],
    );
    return { ...row, last_used_at: row.last_used_at?.toISOString() ?? null };
  }

  async preview(client_id: string, before: ClientSettings, after: ClientSettings): Promise<{ ends: number; narrows: number }> {
    const where = new Conditions();
    const now = where.bind(this.clock.bind());
    where.add(client_id, (value) => `g.client_id = ${value}`).and(GRANT_LIVE(now));
    const single = before.team_selection === 'multiple' && after.team_selection === 'single';
    const refreshOff = before.issue_refresh_token && !after.issue_refresh_token;
    const end = grantEnd({
      refresh: after.issue_refresh_token ? undefined : 'false',
      refresh_lifetime: `${where.bind(after.refresh_token_lifetime_seconds)}::integer`,
      access_lifetime: `${where.bind(after.access_token_lifetime_seconds)}::integer`,
    });
    const ends = `(${single} AND cardinality(g.team_ids) > 1) OR ${end} <= coalesce(${now}::timestamptz, clock_timestamp())`;
    const narrows = [
      before.access_preset === 'full_access' && after.access_preset === 'read_only'
        ? `'write' = ANY (string_to_array(g.scope, ' '))`
        : 'false',
      refreshOff ? 'g.refresh_token_lifetime_seconds IS NOT NULL' : 'false',
      `EXISTS (SELECT FROM unnest(g.team_ids) x(id) JOIN team t ON t.id = x.id
                WHERE ${allowed(where, before.team_restrictions)} AND NOT ${allowed(where, after.team_restrictions)})`,
    ].join(' OR ');
    const [row] = await this.dataSource.query<[{ ends: number; narrows: number }]>(
      `SELECT count(*) FILTER (WHERE ${ends})::integer AS ends, count(*) FILTER (WHERE NOT (${ends}) AND (${narrows}))::integer AS narrows
         FROM ${GRANTS_WITH_OWNERS} WHERE ${where.toString()}`,
      where.values,
    );
    return row;
  }
}

/** The same for what a user has authorized. */
@Injectable()
export class UserGrantCounts implements UserGrants {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async impact(user_id: string, { team_id, organization_id }: GrantPlace): Promise<UserImpact> {
    const where = new Conditions();
    const now = where.bind(this.clock.bind());
    where.add(user_id, (value) => `g.user_id = ${value}::uuid`);
    where.add(team_id, (value) => `${value}::uuid = ANY (g.team_ids)`);
    where.add(
      organization_id,
      (value) => `(c.organization_id = ${value}::uuid
        OR g.team_ids && ARRAY(SELECT t.id FROM team t WHERE t.organization_id = ${value}::uuid))`,
    );
    where.and(GRANT_LIVE(now));
    const [row] = await this.dataSource.query<[UserImpact]>(
      `SELECT count(*)::integer AS live_tokens, count(DISTINCT g.client_id)::integer AS clients
         FROM ${GRANTS_WITH_OWNERS} WHERE ${where.toString()}`,
      where.values,
    );
    return row;
  }
}

/** `isTeamAllowed` of the rules library for a row t of team, with restrictions that are not stored yet. */
function allowed(where: Conditions, { team_ids, organization_ids }: TeamRestrictions): string {
  if (!team_ids.length && !organization_ids.length) return '(t.organization_id = c.organization_id)';
  return `(t.id = ANY (${where.bind(team_ids)}::uuid[]) OR t.organization_id = ANY (${where.bind(organization_ids)}::uuid[]))`;
}
