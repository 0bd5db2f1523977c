import type { Client, ClientStatus, Page } from '@behalf/domain';
import { type InfiniteData, useQueryClient } from '@tanstack/react-query';
import { api } from '../../lib/http.js';
import { clientPath } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { toast, toastFailure } from '../../ui/toast.js';

export interface StatusChange {
  readonly status: ClientStatus;
  readonly reason?: string;
  /** ISO 8601. */
  readonly resume_at?: string;
}

/**
 * Shows the new status at once, and takes it back when the server refuses.
 *
 * @param onDone of a change that a dialog stands for: the dialog says itself why it was refused
 */
export function useChangeStatus(client: Client, onDone?: () => void) {
  const queryClient = useQueryClient();
  const list = { queryKey: ['oauth-clients', 'list'] };
  const show = (changed: Client) =>
    queryClient.setQueriesData<InfiniteData<Page<Client>>>(
      list,
      (data) => data && { ...data, pages: data.pages.map((page) => replaceIn(page, changed)) },
    );
  return useAction({
    mutationFn: (change: StatusChange) => api<Client>('PUT', `${clientPath(client.client_id)}/status`, change),
    onMutate: async ({ status }) => {
      await queryClient.cancelQueries(list);
      show({ ...client, status });
    },
    onSuccess: async (changed) => {
      show(changed);
      onDone?.();
      toast(changed.status === 'enabled' ? `${client.client_name} is enabled` : `${client.client_name} is paused`);
      await queryClient.invalidateQueries({ queryKey: ['oauth-client', client.client_id] });
    },
    onError: async (error) => {
      show(client);
      if (!onDone) toastFailure('The status was not changed', error);
      await queryClient.invalidateQueries(list);
    },
  });
}

function replaceIn(page: Page<Client>, changed: Client): Page<Client> {
  return { ...page, items: page.items.map((each) => (each.client_id === changed.client_id ? changed : each)) };
}
