import type { Client } from '@behalf/domain';
import { IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react';
import { RowActions } from '../../ui/row-actions.js';
import type { ClientDialog } from './client-dialogs.js';
import { useOpenClient } from './use-open-client.js';

interface Props {
  readonly client: Client;
  readonly onDialog: (dialog: ClientDialog) => void;
  readonly menu?: boolean;
}

/** Edit, rotate, delete. A public client has no secret: its place stays empty. */
export function ClientActions({ client, onDialog, menu = false }: Props) {
  const openClient = useOpenClient();
  const { client_id, client_name } = client;
  return (
    <RowActions
      name={client_name}
      menu={menu}
      actions={[
        {
          label: `Edit ${client_name}`,
          short: 'Edit',
          icon: IconPencil,
          onClick: () => openClient(client_id),
        },
        client.client_type === 'public'
          ? null
          : {
              label: `Rotate secret of ${client_name}`,
              short: 'Rotate secret',
              icon: IconRefresh,
              onClick: () => onDialog({ kind: 'rotate', client }),
            },
        {
          label: `Delete ${client_name}`,
          short: 'Delete',
          icon: IconTrash,
          danger: true,
          onClick: () => onDialog({ kind: 'delete', client }),
        },
      ]}
    />
  );
}
