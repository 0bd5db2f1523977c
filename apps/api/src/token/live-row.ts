import { type AccessPreset, type Membership, parseScope, type Role, type RotationFacts, type TeamRestrictions } from '@behalf/domain';
import type { Text } from '../platform/database/batcher.js';

/** The columns of the live read as PostgreSQL writes them, in their order; instants are seconds since the epoch. */
export type LiveRow = [
  n: string,
  id: string,
  client_id: string,
  user_id: string,
  team_ids: string,
  scope: string,
  narrowed_scope: string | null,
  resources: string | null,
  generation: string,
  created_at: string,
  rotated_at: string | null,
  last_used_at: string | null,
  revoked: string,
  access_token_lifetime_seconds: string,
  refresh_token_lifetime_seconds: string | null,
  client_live: string,
  user_live: string,
  teams_live: string,
  refresh_live: string,
  access_token_revoked: string,
  organization_id: string,
  client_name: string,
  access_preset: AccessPreset,
  team_restrictions: string,
  client_access_token_lifetime_seconds: string,
  client_refresh_token_lifetime_seconds: string,
  email: string,
  email_verified: string,
  user_name: string,
  home_organization_id: string,
  now: string,
  member_of: string | null,
  ...rotation: Text[],
];

/** What follows them where the grant is read to be moved on. */
type RotationRow = [
  redirect_uri: string,
  redirect_uris: string,
  code_challenge: string,
  nonce: string | null,
  authenticated_at: string,
  rotated_request_id: string | null,
  rotated_ip: string | null,
  rotated_user_agent: string | null,
];

/** A grant with its client, its user and the user's memberships, all as of one instant; instants are seconds since the epoch. */
export interface LiveGrant extends Omit<RotationFacts, 'redirect_uri_live' | 'rotated_request_id'> {
  readonly id: string;
  readonly user_id: string;
  readonly team_ids: readonly string[];
  readonly last_used_at: number | null;
  readonly access_token_revoked: boolean;
  readonly organization_id: string;
  readonly client_name: string;
  readonly access_preset: AccessPreset;
  readonly team_restrictions: TeamRestrictions;
  readonly email: string;
  readonly email_verified: boolean;
  readonly user_name: string;
  readonly home_organization_id: string;
  readonly now: number;
  /** The words that the user consented to: the bits of a token index them. */
  readonly consented_scope: readonly string[];
  /** What is left of them, once the grant was narrowed. */
  readonly granted_scope: readonly string[];
  /** Which resources it is for; null for none in particular. */
  readonly resources: readonly string[] | null;
  readonly memberships: readonly NamedMembership[];
}

/** The same, with what only a rotation asks for, and the ID token that may come with it. */
export interface RotatableGrant extends LiveGrant {
  readonly redirect_uri: string;
  readonly redirect_uris: readonly string[];
  readonly code_challenge: string;
  readonly nonce: string | null;
  readonly authenticated_at: number;
  readonly rotated_request_id: string | null;
  readonly rotated_ip: string | null;
  readonly rotated_user_agent: string | null;
}

export interface NamedMembership extends Membership {
  /** Only where names were asked for. */
  readonly team_name: string;
}

// Flat on purpose: a plain string per token costs a fifth of an aggregated jsonb.
export const COLUMNS = `
  k.n, g.id, g.client_id, g.user_id, g.team_ids, g.scope, g.narrowed_scope, array_to_string(g.resources, E'\\n') AS resources, g.generation,
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

export const ROTATION_COLUMNS = `
  g.redirect_uri, array_to_string(c.redirect_uris, E'\\n') AS redirect_uris, g.code_challenge, g.nonce, extract(epoch FROM g.authenticated_at)::float8 AS authenticated_at,
  g.rotated_request_id, host(g.rotated_ip) AS rotated_ip, g.rotated_user_agent`;

const UUID_CHARACTERS = 36;
const TRUE = 't';
const ROTATION_COLUMN_COUNT = 8;

/** A row of COLUMNS and the memberships. */
export function toLiveGrant(row: LiveRow): LiveGrant {
  // prettier-ignore
  const [
    , id, client_id, user_id, team_ids, scope, narrowed_scope, resources, generation, created_at, rotated_at, last_used_at, revoked,
    access_token_lifetime_seconds, refresh_token_lifetime_seconds, client_live, user_live, teams_live, refresh_live, access_token_revoked,
    organization_id, client_name, access_preset, team_restrictions, client_access_token_lifetime_seconds,
    client_refresh_token_lifetime_seconds, email, email_verified, user_name, home_organization_id, now, member_of,
  ] = row;
  const consented_scope = parseScope(scope) ?? [];
  return {
    id,
    client_id,
    user_id,
    team_ids: toUuids(team_ids),
    consented_scope,
    granted_scope: narrowed_scope === null ? consented_scope : (parseScope(narrowed_scope) ?? []),
    resources: resources?.split('\n') ?? null,
    generation: Number(generation),
    created_at: Number(created_at),
    rotated_at: toNumber(rotated_at),
    last_used_at: toNumber(last_used_at),
    revoked: revoked === TRUE,
    access_token_lifetime_seconds: Number(access_token_lifetime_seconds),
    refresh_token_lifetime_seconds: toNumber(refresh_token_lifetime_seconds),
    client_live: client_live === TRUE,
    user_live: user_live === TRUE,
    teams_live: teams_live === TRUE,
    refresh_live: refresh_live === TRUE,
    access_token_revoked: access_token_revoked === TRUE,
    organization_id,
    client_name,
    access_preset,
    team_restrictions: JSON.parse(team_restrictions) as TeamRestrictions,
    client_access_token_lifetime_seconds: Number(client_access_token_lifetime_seconds),
    client_refresh_token_lifetime_seconds: Number(client_refresh_token_lifetime_seconds),
    email,
    email_verified: email_verified === TRUE,
    user_name,
    home_organization_id,
    now: Number(now),
    memberships: member_of?.split('\n').map(toMembership) ?? [],
  };
}

/** The same with ROTATION_COLUMNS behind it. */
export function toRotatableGrant(row: LiveRow): RotatableGrant {
  const [redirect_uri, redirect_uris, code_challenge, nonce, authenticated_at, rotated_request_id, rotated_ip, rotated_user_agent] =
    row.slice(-ROTATION_COLUMN_COUNT) as RotationRow;
  return {
    ...toLiveGrant(row),
    redirect_uri,
    redirect_uris: redirect_uris === '' ? [] : redirect_uris.split('\n'),
    code_challenge,
    nonce,
    authenticated_at: Number(authenticated_at),
    rotated_request_id,
    rotated_ip,
    rotated_user_agent,
  };
}

function toNumber(text: string | null): number | null {
  return text === null ? null : Number(text);
}

/** A uuid[] as PostgreSQL writes it: `{…,…}`, without quotes. */
function toUuids(text: string): string[] {
  return text.length > 2 ? text.slice(1, -1).split(',') : [];
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
