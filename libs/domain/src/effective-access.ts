import { PERMISSIONS } from './permission.js';
import { effectiveScope, narrowPermissions, presetScope } from './scope.js';
import { effectivePermissions, effectiveTeams, isTeamAllowed, type Membership, type TeamAccess } from './team-access.js';
import type { AccessPreset, AccessReason, ClientStatus, EffectiveAccess, TeamRef, UserStatus } from './wire.js';

/** All that decides on what an application may do for a user, as of one instant. */
export interface AccessFacts {
  /** What the user consented to: of each live token, or of the remembered approval. Powers of two are never mixed. */
  readonly consents: readonly { readonly team_ids: readonly string[]; readonly scope: readonly string[] }[];
  readonly client: TeamAccess & { readonly status: ClientStatus; readonly access_preset: AccessPreset };
  readonly user: { readonly status: UserStatus; readonly memberships: readonly Membership[] };
  /** The teams to tell of. */
  readonly teams: readonly TeamRef[];
}

/** Consent, client and user side by side, for each team and permission; the result is what the access guard would say. */
export function explainAccess(facts: AccessFacts): Pick<EffectiveAccess, 'teams' | 'permissions'> {
  return { teams: explainTeams(facts), permissions: explainPermissions(facts) };
}

function explainTeams({ consents, client, user, teams }: AccessFacts): EffectiveAccess['teams'] {
  const effective = new Set(countingTeams({ consents, client, user }).map(({ team_id }) => team_id));
  return teams.map(({ id, name, organization_id }) => {
    const member = user.memberships.find(({ team_id }) => team_id === id);
    const byConsent = consents.some(({ team_ids }) => team_ids.includes(id));
    const allowed = isTeamAllowed(client, { team_id: id, organization_id });
    const sides = {
      consent: byConsent,
      client: client.status === 'enabled' && allowed,
      user: user.status === 'active' && member !== undefined,
    };
    const reasons: Reasons = [
      !byConsent && (consents.length ? 'team_not_consented' : 'no_consent'),
      client.status !== 'enabled' && 'client_paused',
      !allowed && 'team_restricted',
      user.status !== 'active' && 'user_disabled',
      !member && 'not_a_member',
    ];
    const result = effective.has(id) && client.status === 'enabled' && user.status === 'active';
    return { id, name, role: member?.role ?? null, ...sides, result, reasons: given(reasons) };
  });
}

function explainPermissions({ consents, client, user }: Omit<AccessFacts, 'teams'>): EffectiveAccess['permissions'] {
  const enabled = client.status === 'enabled';
  const live = enabled && user.status === 'active';
  const counting = countingTeams({ consents, client, user });
  const anywhere = effectivePermissions(user.memberships, null);
  const byRole = effectivePermissions(counting, null);
  const byPreset = narrowPermissions(PERMISSIONS, presetScope(client.access_preset));
  const byConsent = new Set(consents.flatMap(({ scope }) => [...narrowPermissions(PERMISSIONS, scope)]));
  const powers = consents.map((consent) => powerOf(consent, client, user.memberships));
  return PERMISSIONS.map((permission) => {
    const holders = powers.flatMap(({ teams, permissions }) =>
      permissions.has(permission) ? teams.filter((team) => effectivePermissions([team], null).has(permission)) : [],
    );
    const team_ids = live ? [...new Set(holders.map(({ team_id }) => team_id))] : [];
    const sides = {
      consent: byConsent.has(permission),
      client: enabled && byPreset.has(permission),
      user: user.status === 'active' && byRole.has(permission),
    };
    const result = team_ids.length > 0;
    const reasons: Reasons = [
      !sides.consent && (consents.length ? consentReason(consents) : 'no_consent'),
      !enabled && 'client_paused',
      !byPreset.has(permission) && 'preset_read_only',
      user.status !== 'active' && 'user_disabled',
      !byRole.has(permission) && roleReason(counting.length > 0, anywhere.has(permission)),
      // Each side has it, but no single token all of it.
      !result && sides.consent && sides.client && sides.user && 'not_in_one_token',
    ];
    return { permission, ...sides, result, team_ids, reasons: given(reasons) };
  });
}

/** What one consent is worth now: the same steps as when its token is used. */
function powerOf(consent: AccessFacts['consents'][number], client: AccessFacts['client'], memberships: readonly Membership[]) {
  const teams = effectiveTeams(consent.team_ids, client, memberships);
  return { teams, permissions: effectivePermissions(teams, effectiveScope(consent.scope, client.access_preset)) };
}

function countingTeams({ consents, client, user }: Omit<AccessFacts, 'teams'>): Membership[] {
  return consents.flatMap(({ team_ids }) => effectiveTeams(team_ids, client, user.memberships));
}

function consentReason(consents: AccessFacts['consents']): AccessReason {
  return consents.some(({ scope }) => scope.includes('read')) ? 'consent_read_only' : 'consent_sign_in_only';
}

function roleReason(someTeamCounts: boolean, elsewhere: boolean): AccessReason {
  if (!someTeamCounts) return 'no_team_counts';
  return elsewhere ? 'role_in_other_team' : 'role_lacks_permission';
}

type Reasons = readonly (AccessReason | false)[];

function given(reasons: Reasons): AccessReason[] {
  return reasons.filter((reason) => reason !== false);
}
