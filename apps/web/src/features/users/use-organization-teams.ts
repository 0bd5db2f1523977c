import type { Team } from '@behalf/domain';
import { useQuery } from '@tanstack/react-query';
import { teamsQuery } from '../../lib/resources.js';
import { useSession } from '../../lib/use-session.js';

/** The teams of the organization that is acted in. */
export function useOrganizationTeams(): Team[] {
  const { organization } = useSession();
  const { data = [] } = useQuery(teamsQuery);
  return data.filter(({ organization_id }) => organization_id === organization.id);
}
