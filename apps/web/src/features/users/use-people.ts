import type { Team } from '@behalf/domain';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useLocation, useNavigate } from '@tanstack/react-router';
import { teamsQuery } from '../../lib/resources.js';
import { useSession } from '../../lib/use-session.js';

const route = getRouteApi('/shell/settings/users');
const TEAM_DRAWERS = '/settings/users/teams/';

/** What the address says of the list. */
export function usePeopleSearch() {
  return route.useSearch();
}

/** The tab that is shown; a team's drawer lies over the teams, also where its address does not say so. */
export function usePeopleTab(): 'users' | 'teams' {
  const { tab = 'users' } = route.useSearch();
  const { pathname } = useLocation();
  return pathname.startsWith(TEAM_DRAWERS) ? 'teams' : tab;
}

/** Changes what the list is narrowed or ordered by; empty values leave the address. */
export function useChangePeopleSearch() {
  const navigate = useNavigate({ from: '/settings/users' });
  return (changed: ReturnType<typeof route.useSearch>) =>
    void navigate({
      to: '.',
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value)),
      replace: true,
    });
}

/** Opens a drawer over the list, whose filters stay. */
export function useOpenDrawer() {
  const navigate = useNavigate({ from: '/settings/users' });
  return {
    user: (user_id: string) =>
      void navigate({ to: '/settings/users/$user_id', params: { user_id }, search: (search) => search, resetScroll: false }),
    team: (team_id: string) =>
      void navigate({ to: '/settings/users/teams/$team_id', params: { team_id }, search: (search) => search, resetScroll: false }),
  };
}

/** Closes the drawer; the list is as it was. */
export function useCloseDrawer() {
  const navigate = useNavigate({ from: '/settings/users' });
  const tab = usePeopleTab();
  return () =>
    void navigate({ to: '/settings/users', search: (search) => (tab === 'teams' ? { ...search, tab } : search), resetScroll: false });
}

/** The teams of the organization that is acted in. */
export function useOrganizationTeams(): Team[] {
  const { organization } = useSession();
  const { data = [] } = useQuery(teamsQuery);
  return data.filter(({ organization_id }) => organization_id === organization.id);
}

/** Everything that shows people, and what they authorized. */
const TOUCHED = ['users', 'user', 'teams', 'connected-apps', 'tokens', 'session'];

/**
 * Fetches again what a change to people shows in; one's own permissions may be among it. What asked for the change is
 * closed when the lists are there, so that the focus does not go back to a row that is about to vanish; until then it
 * keeps the count that it showed.
 */
export function useRefreshPeople() {
  const queryClient = useQueryClient();
  return async (close?: () => void) => {
    const counts = (queryKey: readonly unknown[]) => queryKey.includes('impact');
    await queryClient.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(String(queryKey[0])) && !counts(queryKey) });
    close?.();
    await queryClient.invalidateQueries({ predicate: ({ queryKey }) => counts(queryKey) });
  };
}
