import { formatScope, grantEnd, type TeamRef, type TokenRow, tokenStatus } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { wireTime } from '../platform/database/wire-time.js';
import { type GrantKey, LiveGrants, liveScope, liveTeams, toTeam } from './live-grants.js';
import type { LiveGrant } from './live-row.js';

/** What a row shows besides what judges it. */
interface Extra {
  readonly id: string;
  readonly revoked_at: string | null;
  readonly granted_teams: TeamRef[];
}

/** Rows of Connected apps: grants as the rules library judges them now. */
@Injectable()
export class TokenRows {
  constructor(
    private readonly dataSource: DataSource,
    private readonly live: LiveGrants,
  ) {}

  /** In the order of the keys; what is gone meanwhile is left out. */
  async describe(keys: readonly GrantKey[]): Promise<TokenRow[]> {
    if (!keys.length) return [];
    const [grants, extras] = await Promise.all([Promise.all(keys.map((key) => this.live.findWithNames(key))), this.#extras(keys)]);
    return grants.flatMap((grant) => {
      const extra = grant && extras.get(grant.id);
      return extra ? [toRow(grant, extra)] : [];
    });
  }

  async #extras(keys: readonly GrantKey[]): Promise<Map<string, Extra>> {
    const rows = await this.dataSource.query<Extra[]>(
      `SELECT g.id, ${wireTime('g.revoked_at')} AS revoked_at,
              coalesce((SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'organization_id', t.organization_id) ORDER BY t.name, t.id)
                          FROM team t WHERE t.id = ANY (g.team_ids)), '[]') AS granted_teams
         FROM authorization_grant g WHERE g.id = ANY ($1::uuid[])`,
      [keys.map(({ grant_id }) => grant_id)],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }
}

function toRow(grant: LiveGrant, { revoked_at, granted_teams }: Extra): TokenRow {
  const teams = liveTeams(grant);
  const status = tokenStatus(grant, teams.length, grant.now);
  const expires_at = iso(grantEnd(grant));
  return {
    token_id: grant.id,
    status,
    created_at: iso(grant.created_at),
    last_used_at: grant.last_used_at === null ? null : iso(grant.last_used_at),
    expires_at,
    ended_at: status === 'expired' ? expires_at : revoked_at,
    scope: formatScope(liveScope(grant)),
    teams: teams.map(toTeam),
    granted: { scope: formatScope(grant.granted_scope), teams: granted_teams },
    resources: [...(grant.resources ?? [])],
    user: { id: grant.user_id, email: grant.email, name: grant.user_name },
  };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
