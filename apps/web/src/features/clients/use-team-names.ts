import type { TeamRestrictions } from '@behalf/domain';
import { useQuery } from '@tanstack/react-query';
import { organizationsQuery, teamsQuery } from '../../lib/resources.js';

/** Names by id of the teams and organizations that the administrator may see; undefined until all of them are known. */
export type TeamNames = ReadonlyMap<string, string> | undefined;

export function useTeamNames(): TeamNames {
  const { data: teams } = useQuery(teamsQuery);
  const { data: organizations } = useQuery(organizationsQuery);
  return teams && organizations && new Map([...teams, ...organizations].map(({ id, name }) => [id, name]));
}

/** What of the restrictions can be named, and the ids of what cannot. */
export function nameRestrictions({ organization_ids, team_ids }: TeamRestrictions, names: NonNullable<TeamNames>) {
  const ids = [...organization_ids, ...team_ids];
  return { known: ids.flatMap((id) => names.get(id) ?? []), others: ids.filter((id) => !names.has(id)) };
}
