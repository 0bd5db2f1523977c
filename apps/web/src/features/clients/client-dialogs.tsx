import type { Client } from '@behalf/domain';
import { DeleteDialog } from './delete-dialog.js';
import { DeleteSelectedDialog } from './delete-selected-dialog.js';
import { RotateDialog } from './rotate-dialog.js';
import type { Selection } from './use-selection.js';

export type ClientDialog =
  | { readonly kind: 'rotate' | 'delete'; readonly client: Client }
  | { readonly kind: 'delete-selected'; readonly clients: readonly Client[] };

interface Props {
  readonly dialog: ClientDialog;
  readonly selection: Selection;
  readonly onClose: () => void;
}

/** The dialogs that rows and toolbar open. They hang on the page: a row may go while its new secret is shown. */
export function ClientDialogs({ dialog, selection, onClose }: Props) {
  switch (dialog.kind) {
    case 'rotate':
      return <RotateDialog client={dialog.client} onClose={onClose} />;
    case 'delete':
      return <DeleteDialog client={dialog.client} onClose={onClose} onDeleted={() => selection.drop([dialog.client.client_id])} />;
    case 'delete-selected':
      return <DeleteSelectedDialog clients={dialog.clients} selection={selection} onClose={onClose} />;
  }
}
