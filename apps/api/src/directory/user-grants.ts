import type { UserImpact } from '@behalf/domain';

/** Which of a user's grants are meant; nothing given means all. */
export interface GrantPlace {
  /** Those that act on this team. */
  readonly team_id?: string;
  /** Those in which this organization has a part: by the client, or by a team. */
  readonly organization_id?: string;
}

/** What users have authorized; the directory knows nothing of OAuth, so the token module answers. */
export abstract class UserGrants {
  /** Live grants of a user, exactly, and of how many clients: what a change to the user would touch. */
  abstract impact(user_id: string, place: GrantPlace): Promise<UserImpact>;
}
