import { formatScope, grantEnd, type TokenRow, tokenStatus } from '@behalf/domain';
import { type LiveGrant, liveScope, liveTeams, toTeam } from './live-grants.js';

/** A grant as Active Sessions shows it: with what is left of it now. */
export function toRow(grant: LiveGrant): TokenRow {
  const teams = liveTeams(grant);
  return {
    token_id: grant.id,
    status: tokenStatus(grant, teams.length, grant.now),
    created_at: iso(grant.created_at),
    last_used_at: grant.last_used_at === null ? null : iso(grant.last_used_at),
    expires_at: iso(grantEnd(grant)),
    scope: formatScope(liveScope(grant)),
    teams: teams.map(toTeam),
    user: { id: grant.user_id, email: grant.email, name: grant.user_name },
  };
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
