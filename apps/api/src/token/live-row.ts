import {
  type AccessPreset,
  matchRedirectUri,
  type Membership,
  parseScope,
  type Role,
  type RotationFacts,
  type TeamRestrictions,
} from '@behalf/domain';
import { SEPARATOR, SEPARATOR_ESCAPE, type Text } from '../platform/database/batcher.js';
import { remembered } from '../platform/remembered.js';

/** A row of the live read: all that can hold no separator packed into one column, then words that people chose, then the memberships. */
export type LiveRow = [
  packed: string,
  client_name: string,
  email: string,
  user_name: string,
  resources: string | null,
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

// prettier-ignore
type PackedFields = [
  n: string, id: string, client_id: string, user_id: string, team_ids: string, scope: string, granted_scope: string, generation: string,
  created_at: string, rotated_at: string, last_used_at: string, flags: string, access_token_lifetime_seconds: string,
  refresh_token_lifetime_seconds: string, organization_id: string, access_preset: AccessPreset, team_restrictions: string,
  client_access_token_lifetime_seconds: string, client_refresh_token_lifetime_seconds: string, home_organization_id: string, now: string,
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
export interface RotatableGrant extends LiveGrant, Rotation {}

interface Rotation {
  readonly redirect_uri: string;
  /** Whether the client still has it. */
  readonly redirect_uri_live: boolean;
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

const FLAGS = {
  revoked: 'g.revoked_at IS NOT NULL',
  client_live: "g.client_epoch = c.epoch AND c.status = 'enabled'",
  user_live: "g.user_epoch = u.epoch AND u.status = 'active'",
  teams_live: 'cardinality(g.team_ids) < 2 OR g.multi_team_epoch = c.multi_team_epoch',
  refresh_live: 'g.refresh_epoch IS NOT DISTINCT FROM c.refresh_epoch AND c.issue_refresh_token',
  access_token_revoked: 'EXISTS (SELECT FROM revoked_access_token r WHERE r.grant_id = g.id AND r.generation = k.generation)',
  email_verified: 'u.email_verified',
};
type Flag = keyof typeof FLAGS;

const NAMES = Object.keys(FLAGS) as Flag[];
const BITS = Object.fromEntries(NAMES.map((name, place) => [name, 1 << place])) as Record<Flag, number>;
const flags = NAMES.map((name) => `(${FLAGS[name]})::integer * ${BITS[name]}`).join(' + ');

const epoch = (instant: string) => `date_part('epoch', ${instant})::text`;
/** What may be missing is empty text: concat_ws leaves a null out, and its place with it. */
const maybe = (text: string) => `coalesce(${text}, '')`;

// One column for all of them: describing, writing out and reading thirty takes longer than finding the row.
export const COLUMNS = `
  concat_ws(E'${SEPARATOR_ESCAPE}', k.n, g.id, g.client_id, g.user_id, g.team_ids, g.scope, coalesce(g.narrowed_scope, g.scope), g.generation,
    ${epoch('g.created_at')}, ${maybe(epoch('g.rotated_at'))}, ${maybe(epoch('g.last_used_at'))}, ${flags},
    g.access_token_lifetime_seconds, ${maybe('g.refresh_token_lifetime_seconds::text')}, c.organization_id, c.access_preset,
    c.team_restrictions, c.access_token_lifetime_seconds, c.refresh_token_lifetime_seconds, u.home_organization_id,
    ${epoch('coalesce($3::timestamptz, clock_timestamp())')}),
  c.client_name, u.email, u.name, array_to_string(g.resources, E'\\n') AS resources`;

export const ROTATION_COLUMNS = `
  g.redirect_uri, array_to_string(c.redirect_uris, E'\\n') AS redirect_uris, g.code_challenge, g.nonce, extract(epoch FROM g.authenticated_at)::float8 AS authenticated_at,
  g.rotated_request_id, host(g.rotated_ip) AS rotated_ip, g.rotated_user_agent`;

const UUID_CHARACTERS = 36;
const ROTATION_COLUMN_COUNT = 8;
/** How many columns a row has, the memberships among them. */
export const LIVE_COLUMNS = 6;
/** The same with ROTATION_COLUMNS. */
export const ROTATABLE_COLUMNS = LIVE_COLUMNS + ROTATION_COLUMN_COUNT;

const wordsOf = remembered((scope): readonly string[] => parseScope(scope) ?? []);
const restrictionsOf = remembered((json) => JSON.parse(json) as TeamRestrictions);

/** What a read that is for no rotation knows of it; the type of what it reads hides this. */
const NOT_READ: Rotation = {
  redirect_uri: '',
  redirect_uri_live: false,
  code_challenge: '',
  nonce: null,
  authenticated_at: 0,
  rotated_request_id: null,
  rotated_ip: null,
  rotated_user_agent: null,
};

/** A row of COLUMNS and the memberships, and its place among the keys, from 1. */
export function toLiveGrant(row: LiveRow): { n: number; grant: LiveGrant } {
  return build(row, NOT_READ);
}

/** The same with ROTATION_COLUMNS behind it. */
export function toRotatableGrant(row: LiveRow): { n: number; grant: RotatableGrant } {
  const [redirect_uri, redirect_uris, code_challenge, nonce, authenticated_at, rotated_request_id, rotated_ip, rotated_user_agent] =
    row.slice(-ROTATION_COLUMN_COUNT) as RotationRow;
  return build(row, {
    redirect_uri,
    redirect_uri_live: matchRedirectUri(redirect_uri, redirect_uris === '' ? [] : redirect_uris.split('\n')),
    code_challenge,
    nonce,
    authenticated_at: Number(authenticated_at),
    rotated_request_id,
    rotated_ip,
    rotated_user_agent,
  });
}

/** One literal for every grant: members that are added later, and shapes that differ, make each look at the object slower. */
function build(
  [packed, client_name, email, user_name, resources, member_of]: LiveRow,
  rotation: Rotation,
): { n: number; grant: RotatableGrant } {
  // prettier-ignore
  const [
    n, id, client_id, user_id, team_ids, scope, granted_scope, generation, created_at, rotated_at, last_used_at, flagged,
    access_token_lifetime_seconds, refresh_token_lifetime_seconds, organization_id, access_preset, team_restrictions,
    client_access_token_lifetime_seconds, client_refresh_token_lifetime_seconds, home_organization_id, now,
  ] = packed.split(SEPARATOR) as PackedFields;
  const bits = Number(flagged);
  const consented_scope = wordsOf(scope);
  const grant = {
    id,
    client_id,
    user_id,
    team_ids: toUuids(team_ids),
    consented_scope,
    granted_scope: granted_scope === scope ? consented_scope : wordsOf(granted_scope),
    resources: resources?.split('\n') ?? null,
    generation: Number(generation),
    created_at: Number(created_at),
    rotated_at: toNumber(rotated_at),
    last_used_at: toNumber(last_used_at),
    revoked: (bits & BITS.revoked) !== 0,
    access_token_lifetime_seconds: Number(access_token_lifetime_seconds),
    refresh_token_lifetime_seconds: toNumber(refresh_token_lifetime_seconds),
    client_live: (bits & BITS.client_live) !== 0,
    user_live: (bits & BITS.user_live) !== 0,
    teams_live: (bits & BITS.teams_live) !== 0,
    refresh_live: (bits & BITS.refresh_live) !== 0,
    access_token_revoked: (bits & BITS.access_token_revoked) !== 0,
    organization_id,
    client_name,
    access_preset,
    team_restrictions: restrictionsOf(team_restrictions),
    client_access_token_lifetime_seconds: Number(client_access_token_lifetime_seconds),
    client_refresh_token_lifetime_seconds: Number(client_refresh_token_lifetime_seconds),
    email,
    email_verified: (bits & BITS.email_verified) !== 0,
    user_name,
    home_organization_id,
    now: Number(now),
    memberships: member_of?.split('\n').map(toMembership) ?? [],
    redirect_uri: rotation.redirect_uri,
    redirect_uri_live: rotation.redirect_uri_live,
    code_challenge: rotation.code_challenge,
    nonce: rotation.nonce,
    authenticated_at: rotation.authenticated_at,
    rotated_request_id: rotation.rotated_request_id,
    rotated_ip: rotation.rotated_ip,
    rotated_user_agent: rotation.rotated_user_agent,
  };
  return { n: Number(n), grant };
}

function toNumber(text: string): number | null {
  return text === '' ? null : Number(text);
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
