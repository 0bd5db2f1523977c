import type { AccessReason, EffectiveAccess, UserRef } from '@behalf/domain';

/** A user who was invited and has no name yet goes by the address. */
export function nameOf({ name, email }: Pick<UserRef, 'name' | 'email'>): string {
  return name === '' ? email : name;
}

type Names = Pick<EffectiveAccess, 'client' | 'user'>;

/** Why a team or a permission is taken away, in words. */
export function reasonText(reason: AccessReason, { client: { client_name }, user }: Names): string {
  const name = nameOf(user);
  const texts: Record<AccessReason, string> = {
    no_consent: `${name} has approved nothing for ${client_name}.`,
    team_not_consented: `${name} did not approve this team, or it was taken away since.`,
    consent_read_only: `${name} approved reading only.`,
    consent_sign_in_only: `${name} approved signing in only.`,
    client_paused: `${client_name} is paused.`,
    team_restricted: `${client_name} may not act on this team.`,
    preset_read_only: `${client_name} is Read-only.`,
    user_disabled: `${name} is disabled.`,
    not_a_member: `${name} is not in this team.`,
    no_team_counts: 'No team counts: see above.',
    role_in_other_team: `${name} has a role with it, in a team that does not count.`,
    role_lacks_permission: `No role of ${name} includes it.`,
    not_in_one_token: 'No single token holds both the team and the scope.',
  };
  return texts[reason];
}
