import type { Client } from '@behalf/domain';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { plural } from '../../lib/format.js';
import { api, isProblem, NetworkError } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { Note } from '../../ui/note.js';
import { toast } from '../../ui/toast.js';
import { ConfirmField } from './confirm-field.js';
import { FailureNote } from '../../ui/failure-note.js';
import { ImpactNote } from './impact-note.js';
import { RemovedResources } from './removed-resources.js';
import type { Selection } from './use-selection.js';

const NAMES_SHOWN = 10;
const CONFIRMATION = 'delete';

interface Props {
  readonly clients: readonly Client[];
  readonly selection: Selection;
  readonly onClose: () => void;
}

/** All of them or none. */
export function DeleteSelectedDialog({ clients, selection, onClose }: Props) {
  const [typed, type] = useState('');
  const remove = useDeleteAll(clients, selection, onClose);
  const gone = isProblem(remove.error, 'already-gone') ? (remove.error.document.missing ?? []) : [];
  return (
    <ConfirmDialog
      title={`Delete ${plural(clients.length, 'OAuth client', 'OAuth clients')}`}
      text={`${clients.length === 1 ? 'Its' : 'Their'} credentials and tokens stop working immediately. This cannot be undone.`}
      action="Delete clients"
      pending={remove.pending}
      disabled={typed !== CONFIRMATION || gone.length > 0}
      onConfirm={() => remove.run()}
      onClose={onClose}
    >
      <Names clients={clients} />
      <ImpactNote clients={clients} end="are revoked" />
      <RemovedResources resources={[...new Set(clients.flatMap(({ resources }) => resources))]} />
      <ConfirmField what={CONFIRMATION} value={typed} onChange={type} />
      {gone.length > 0 ? (
        <div role="alert">
          <Note tone="danger" title="Nothing was deleted">
            Already gone:{' '}
            {clients
              .filter(({ client_id }) => gone.includes(client_id))
              .map(({ client_name }) => client_name)
              .join(', ')}
            . The others are still selected; close this and delete them.
          </Note>
        </div>
      ) : (
        <FailureNote title="Nothing was deleted" error={remove.error} lost={LOST} />
      )}
    </ConfirmDialog>
  );
}

const LOST = {
  title: 'The clients may have been deleted',
  text: 'The connection was lost before the answer came. All of them are gone, or none: the list shows which.',
};

function useDeleteAll(clients: readonly Client[], selection: Selection, onClose: () => void) {
  const queryClient = useQueryClient();
  const client_ids = clients.map(({ client_id }) => client_id);
  return useAction({
    mutationFn: () => api<{ deleted: number }>('POST', '/oauth-clients/bulk-delete', { client_ids }),
    onSuccess: async ({ deleted }) => {
      selection.drop(client_ids);
      onClose();
      toast(`${plural(deleted, 'client was', 'clients were')} deleted`);
      client_ids.forEach((client_id) => queryClient.removeQueries({ queryKey: ['oauth-client', client_id] }));
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
    onError: async (error) => {
      if (isProblem(error, 'already-gone')) selection.drop(error.document.missing ?? []);
      else if (!(error instanceof NetworkError)) return;
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
  });
}

function Names({ clients }: { clients: readonly Client[] }) {
  const more = clients.length - NAMES_SHOWN;
  return (
    <div>
      <ul className="b-names" tabIndex={0} aria-label="Clients to delete">
        {clients.slice(0, NAMES_SHOWN).map(({ client_id, client_name }) => (
          <li key={client_id}>{client_name}</li>
        ))}
      </ul>
      {more > 0 && <p className="b-help">+ {more} more</p>}
    </div>
  );
}
