import type { SessionInfo } from '@behalf/domain';
import { IconSelector } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../lib/http.js';
import { sessionQuery } from '../lib/resources.js';
import { useAction } from '../lib/use-action.js';
import { Select } from '../ui/select.js';
import { toastFailure } from '../ui/toast.js';

/** The organization that is acted in; a switch when there is more than one. */
export function OrganizationSwitch({ session, labelled = false }: { session: SessionInfo; labelled?: boolean }) {
  const change = useChangeOrganization();
  const { organization, organizations } = session;
  if (organizations.length < 2) return <span className="b-organization">{organization.name}</span>;
  return (
    <Select
      {...(labelled ? { label: 'Organization' } : { 'aria-label': 'Organization', variant: 'unstyled', size: 'sm' })}
      className={labelled ? '' : 'b-organization-switch'}
      data={organizations.map(({ id, name }) => ({ value: id, label: name }))}
      value={organization.id}
      onChange={(id) => id && id !== organization.id && change.run(id)}
      disabled={change.pending}
      allowDeselect={false}
      rightSection={<IconSelector size={15} stroke={1.6} />}
      comboboxProps={labelled ? {} : { width: 240, position: 'bottom-start' }}
    />
  );
}

function useChangeOrganization() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useAction({
    mutationFn: (organization_id: string) => api<SessionInfo>('PUT', '/session/organization', { organization_id }),
    onSuccess: async (changed) => {
      queryClient.setQueryData(sessionQuery.queryKey, changed);
      await navigate({ to: '/' });
    },
    onError: (error) => toastFailure('The organization was not changed', error),
  });
}
