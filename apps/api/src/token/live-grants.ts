import {
  type AccessPreset,
  effectiveScope,
  effectiveTeams,
  type Membership,
  parseScope,
  type Role,
  type RotationFacts,
  type TeamRef,
  type TeamRestrictions,
} from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { createBatcher, HotConnections, type Statement } from '../platform/database/batcher.js';

/** One row of the live read, flat, as PostgreSQL gives it; instants are seconds since the epoch. */
interface LiveRow extends Omit<RotationFacts, 'redirect_uri_live' | 'rotated_request_id'> {
  n: string;
  id: string;
  user_id: string;
  team_ids: string[];
  scope: string;
  narrowed_scope: string | null;
  last_used_at: number | null;
  access_token_revoked: boolean;
  organization_id: string;
  client_name: string;
  access_preset: AccessPreset;
  team_restrictions: TeamRestrictions;
  email: string;
  email_verified: boolean;
  user_name: string;
  home_organization_id: string;
  member_of: string | null;
  now: number;
}

/** What only a rotation asks for, and the ID token that may come with it. */
interface RotationRow {
  rotated_request_id: string | null;
  rotated_ip: string | null;
  rotated_user_agent: string | null;
  redirect_uri: string;
  redirect_uris: string[];
  code_challenge: string;
  nonce: string | null;
  authenticated_at: number;
}

/** A grant with its client, its user and the user's memberships, all as of one instant. */
export interface LiveGrant extends Omit<LiveRow, 'n' | 'member_of' | 'scope' | 'narrowed_scope'> {
  /** The words that the user consented to: the bits of a token index them. */
  readonly consented_scope: readonly string[];
  /** What is left of them, once the grant was narrowed. */
  readonly granted_scope: readonly string[];
  readonly memberships: readonly NamedMembership[];
}

/** The same, with what it takes to move the grant on. */
export interface RotatableGrant extends LiveGrant, RotationRow {}

export interface NamedMembership extends Membership {
  /** Only where names were asked for. */
  readonly team_name: string;
}

export interface GrantKey {
  readonly grant_id: string;
  readonly generation: number;
}

// Flat on purpose: a plain string per token costs a fifth of an aggregated jsonb.
const COLUMNS = `
  k.n, g.id, g.client_id, g.user_id, g.team_ids, g.scope, g.narrowed_scope, g.generation,
  extract(epoch FROM g.created_at)::float8 AS created_at,
  extract(epoch FROM g.rotated_at)::float8 AS rotated_at,
  extract(epoch FROM g.last_used_at)::float8 AS last_used_at,
  g.revoked_at IS NOT NULL AS revoked,
  g.access_token_lifetime_seconds, g.refresh_token_lifetime_seconds,
  g.client_epoch = c.epoch AND c.status = 'enabled' AS client_live,
  g.user_epoch = u.epoch AND u.status = 'active' AS user_live,
  cardinality(g.team_ids) < 2 OR g.multi_team_epoch = c.multi_team_epoch AS teams_live,
  g.refresh_epoch IS NOT DISTINCT FROM c.refresh_epoch AND c.issue_refresh_token AS refresh_live,
  EXISTS (SELECT FROM revoked_access_token r WHERE r.grant_id = g.id AND r.generation = k.generation) AS access_token_revoked,
  c.organization_id, c.client_name, c.access_preset, c.team_restrictions,
  c.access_token_lifetime_seconds AS client_access_token_lifetime_seconds,
  c.refresh_token_lifetime_seconds AS client_refresh_token_lifetime_seconds,
  u.email, u.email_verified, u.name AS user_name, u.home_organization_id,
  extract(epoch FROM coalesce($3::timestamptz, clock_timestamp()))::float8 AS now`;

const ROTATION_COLUMNS = `
  g.redirect_uri, c.redirect_uris, g.code_challenge, g.nonce, extract(epoch FROM g.authenticated_at)::float8 AS authenticated_at,
  g.rotated_request_id, host(g.rotated_ip) AS rotated_ip, g.rotated_user_agent`;

const MEMBER_OF = `
  (SELECT string_agg(m.team_id::text || m.organization_id::text || m.role, E'\\n') FROM membership m WHERE m.user_id = g.user_id) AS member_of`;

const FROM = `
  FROM unnest($1::uuid[], $2::int4[]) WITH ORDINALITY k(id, generation, n)
  JOIN authorization_grant g ON g.id = k.id
  JOIN oauth_client c ON c.client_id = g.client_id
  JOIN user_account u ON u.id = g.user_id`;

const LIVE: Statement = { name: 'live_grants', text: `SELECT ${COLUMNS}, ${MEMBER_OF} ${FROM}` };

/** Every use of a token pays for each column, so what only a rotation asks for is read for a rotation only. */
const LIVE_TO_ROTATE: Statement = { name: 'live_grants_to_rotate', text: `SELECT ${COLUMNS}, ${ROTATION_COLUMNS}, ${MEMBER_OF} ${FROM}` };

const LIVE_WITH_NAMES: Statement = {
  name: 'live_grants_with_names',
  text: `SELECT ${COLUMNS},
    (SELECT string_agg(m.team_id::text || m.organization_id::text || m.role || ' ' || t.name, E'\\n' ORDER BY t.name, t.id)
       FROM membership m JOIN team t ON t.id = m.team_id WHERE m.user_id = g.user_id) AS member_of
    ${FROM}`,
};

/** Reads grants as they are now, many requests in one statement. There is no cache to be late. */
@Injectable()
export class LiveGrants {
  /** The grant with everything that judges it; null when there is none (its client or user may be gone). */
  readonly find: (key: GrantKey) => Promise<LiveGrant | null>;
  /** The same, with the names of the user's teams. */
  readonly findWithNames: (key: GrantKey) => Promise<LiveGrant | null>;

  /** The same, with what it takes to move the grant on. */
  readonly findToRotate: (key: GrantKey) => Promise<RotatableGrant | null>;

  constructor(connections: HotConnections, clock: Clock) {
    const reader = <Grant extends LiveGrant>(statement: Statement) =>
      createBatcher<GrantKey, Grant | null>(connections, async (keys) => {
        const ids = keys.map((key) => key.grant_id);
        const generations = keys.map((key) => key.generation);
        const rows = await connections.run<LiveRow & Record<string, unknown>>(statement, [ids, generations, clock.bind()]);
        const found = new Array<Grant | null>(keys.length).fill(null);
        // The row has whatever columns the statement asked for.
        for (const row of rows) found[Number(row.n) - 1] = toLiveGrant(row) as Grant;
        return found;
      });
    this.find = reader(LIVE);
    this.findWithNames = reader(LIVE_WITH_NAMES);
    this.findToRotate = reader(LIVE_TO_ROTATE);
  }
}

/** Consent ∩ client, as of now. */
export function liveScope(grant: LiveGrant): string[] {
  return effectiveScope(grant.granted_scope, grant.access_preset);
}

/** The memberships that count now: consent ∩ client ∩ user. */
export function liveTeams(grant: LiveGrant): readonly NamedMembership[] {
  return effectiveTeams(grant.team_ids, grant, grant.memberships) as readonly NamedMembership[];
}

/** A team as it stands on the wire. */
export function toTeam({ team_id, team_name, organization_id }: NamedMembership): TeamRef {
  return { id: team_id, name: team_name, organization_id };
}

const UUID_CHARACTERS = 36;

function toLiveGrant({ n: _n, member_of, scope, narrowed_scope, ...row }: LiveRow): LiveGrant {
  const consented_scope = parseScope(scope) ?? [];
  const granted_scope = narrowed_scope === null ? consented_scope : (parseScope(narrowed_scope) ?? []);
  return { ...row, consented_scope, granted_scope, memberships: member_of === null ? [] : member_of.split('\n').map(toMembership) };
}

function toMembership(text: string): NamedMembership {
  const rest = text.slice(2 * UUID_CHARACTERS);
  const space = rest.indexOf(' ');
  return {
    team_id: text.slice(0, UUID_CHARACTERS),
    organization_id: text.slice(UUID_CHARACTERS, 2 * UUID_CHARACTERS),
    role: (space < 0 ? rest : rest.slice(0, space)) as Role,
    team_name: space < 0 ? '' : rest.slice(space + 1),
  };
}
