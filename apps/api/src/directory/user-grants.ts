import type { UserImpact } from '@behalf/domain';

/** What users have authorized; the directory knows nothing of OAuth, so the token module answers. */
export abstract class UserGrants {
  /**
   * Live grants of a user, and of how many clients: with a team those that leaving it would touch; with an organization all
   * that disabling would end where that is the user's home, else those that hold one of its teams.
   */
  abstract impact(user_id: string, within: { readonly organization_id: string } | { readonly team_id: string }): Promise<UserImpact>;
}
