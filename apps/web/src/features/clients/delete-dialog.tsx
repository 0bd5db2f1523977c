import { type Client, confirmsName } from '@behalf/domain';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, isProblem, NetworkError } from '../../lib/http.js';
import { clientPath } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { toast } from '../../ui/toast.js';
import { ConfirmField } from './confirm-field.js';
import { FailureNote } from '../../ui/failure-note.js';
import { ImpactNote } from './impact-note.js';
import { RemovedResources } from './removed-resources.js';

interface Props {
  readonly client: Client;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}

/** Deletion is permanent, so the name is typed. */
export function DeleteDialog({ client, onClose, onDeleted }: Props) {
  const [typed, type] = useState('');
  const queryClient = useQueryClient();
  const remove = useAction({
    mutationFn: () => api<void>('POST', `${clientPath(client.client_id)}/delete`, { confirm_name: typed }),
    onSuccess: async () => {
      onDeleted();
      onClose();
      toast(`${client.client_name} was deleted`);
      queryClient.removeQueries({ queryKey: ['oauth-client', client.client_id] });
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
    onError: async (error) => {
      if (isProblem(error, 'not-found') || error instanceof NetworkError)
        await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
  });
  return (
    <ConfirmDialog
      title="Delete OAuth client"
      text="Its credentials and tokens stop working immediately. Integrations that use it must reconnect with another client. This cannot be undone."
      action="Delete client"
      pending={remove.pending}
      disabled={!confirmsName(typed, client.client_name)}
      onConfirm={() => remove.run()}
      onClose={onClose}
    >
      <ImpactNote clients={[client]} end="are revoked" />
      <RemovedResources resources={client.resources} />
      <ConfirmField what={client.client_name} value={typed} onChange={type} />
      <FailureNote title="The client was not deleted" error={remove.error} lost={LOST} />
    </ConfirmDialog>
  );
}

const LOST = {
  title: 'The client may have been deleted',
  text: 'The connection was lost before the answer came. The list shows whether it is still there; deleting it again does no harm.',
};
