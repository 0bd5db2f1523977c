/** Where teams stand, for routes that name one: such a route goes by the team's organization. The directory implements it. */
export abstract class TeamPlaces {
  /** The organization of a team; null when there is no such team. */
  abstract organizationOf(team_id: string): Promise<string | null>;
}
