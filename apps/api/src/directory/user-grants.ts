import type { UserImpact } from '@behalf/domain';

/** What users have authorized; the directory knows nothing of OAuth, so the token module answers. */
export abstract class UserGrants {
  /**
   * Live grants of a user that disabling would end, and of how many clients; with a team, those that leaving it would touch.
   */
  abstract impact(user_id: string, team_id: string | null): Promise<UserImpact>;
}
