import type { Violation } from './errors.js';
import { type Permission, type Role, rolePermissions } from './permission.js';
import { isLoopbackRedirectUri } from './redirect-uri.js';
import { coversResources } from './resource.js';
import { coversScope, narrowPermissions } from './scope.js';
import type { ClientType, TeamRestrictions, TeamSelection } from './wire.js';

/** A user's place in a team, with the team's organization. */
export interface Membership {
  readonly team_id: string;
  readonly organization_id: string;
  readonly role: Role;
}

/** What of a client decides on teams. */
export interface TeamAccess {
  readonly organization_id: string;
  readonly team_restrictions: TeamRestrictions;
}

/** Whether a client may act on a team now. No restriction means every team of its own organization; an organization means its teams as of now. */
export function isTeamAllowed(client: TeamAccess, team: Pick<Membership, 'team_id' | 'organization_id'>): boolean {
  const { team_ids, organization_ids } = client.team_restrictions;
  if (!team_ids.length && !organization_ids.length) return team.organization_id === client.organization_id;
  return team_ids.includes(team.team_id) || organization_ids.includes(team.organization_id);
}

/** The user's teams that the client may act on: what the consent page offers. */
export function selectableTeams<M extends Membership>(client: TeamAccess, memberships: readonly M[]): M[] {
  return memberships.filter((membership) => isTeamAllowed(client, membership));
}

/** The rule that a choice of teams breaks, if any: one team exactly, or one at least, each of them selectable. */
export function checkTeamSelection(
  client: TeamAccess & { readonly team_selection: TeamSelection },
  memberships: readonly Membership[],
  team_ids: readonly string[],
): Violation | null {
  const selectable = new Set(selectableTeams(client, memberships).map((membership) => membership.team_id));
  if (!team_ids.length) return teamViolation('required', 'Choose a team.');
  if (client.team_selection === 'single' && team_ids.length > 1)
    return teamViolation('too-many', 'This application acts on one team only.');
  if (new Set(team_ids).size !== team_ids.length) return teamViolation('duplicate', 'A team is named twice.');
  if (!team_ids.every((id) => selectable.has(id)))
    return teamViolation('not-allowed', 'A team is not yours, or the application may not act on it.');
  return null;
}

/** Consent ∩ client ∩ user: the memberships that count now, in the order of the consent. */
export function effectiveTeams<M extends Membership>(
  granted_team_ids: readonly string[],
  client: TeamAccess,
  memberships: readonly M[],
): M[] {
  const counting: M[] = [];
  for (const team_id of granted_team_ids) {
    const membership = memberships.find((candidate) => candidate.team_id === team_id);
    if (membership && isTeamAllowed(client, membership)) counting.push(membership);
  }
  return counting;
}

/** What the roles in these teams allow together, narrowed by a scope; null is a browser session, which no scope narrows. */
export function effectivePermissions(memberships: readonly Membership[], scope: readonly string[] | null): Set<Permission> {
  return narrowPermissions(
    memberships.flatMap((membership) => rolePermissions(membership.role)),
    scope,
  );
}

/**
 * Whether a remembered consent stands in for the page: it covers the request, every remembered team is still the
 * user's and allowed, and the answer cannot go to just any program (RFC 8252 §8.6: never a public client on loopback).
 */
export function rememberedCovers(
  remembered: { readonly team_ids: readonly string[]; readonly scope: readonly string[]; readonly resources: readonly string[] | null },
  request: {
    readonly scope: readonly string[];
    readonly resources: readonly string[] | null;
    readonly prompt: readonly string[];
    readonly redirect_uri: string;
  },
  client: TeamAccess & { readonly team_selection: TeamSelection; readonly client_type: ClientType },
  memberships: readonly Membership[],
): boolean {
  if (request.prompt.includes('consent') || request.prompt.includes('select_account')) return false;
  if (client.client_type === 'public' && isLoopbackRedirectUri(request.redirect_uri)) return false;
  if (!coversScope(remembered.scope, request.scope) || !coversResources(remembered.resources, request.resources)) return false;
  return checkTeamSelection(client, memberships, remembered.team_ids) === null;
}

function teamViolation(code: string, detail: string): Violation {
  return { pointer: '/team_ids', code, detail };
}
