import { useNavigate } from '@tanstack/react-router';

/** Opens a client's drawer over the list, whose filters stay, as does the place in it. */
export function useOpenClient() {
  const navigate = useNavigate({ from: '/settings/oauth-clients' });
  return (client_id: string) =>
    void navigate({ to: '/settings/oauth-clients/$client_id', params: { client_id }, search: (search) => search, resetScroll: false });
}

/** Closes the drawer; the list is as it was. */
export function useCloseDrawer() {
  const navigate = useNavigate({ from: '/settings/oauth-clients' });
  return () =>
    void navigate({
      to: '/settings/oauth-clients',
      search: ({ search, team_selection, access_preset, sort }) => ({ search, team_selection, access_preset, sort }),
      resetScroll: false,
    });
}
