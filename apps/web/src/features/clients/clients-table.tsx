import { type Client, formatLifetimeShort } from '@behalf/domain';
import { Checkbox } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';
import { Identifier } from '../../ui/identifier.js';
import { type Column, Table } from '../../ui/table.js';
import { Tick } from '../../ui/light.js';
import { ClientActions } from './client-actions.js';
import { ClientCard } from './client-card.js';
import { ClientLink, LastUsedCell, RefreshCell, RiskMark, ScopeCell, SecretCell, TeamsCell, TypeMark } from './client-cells.js';
import type { ClientDialog } from './client-dialogs.js';
import { StatusSwitch } from './status-switch.js';
import { useOpenClient } from './use-open-client.js';
import type { Selection } from './use-selection.js';

const route = getRouteApi('/shell/settings/oauth-clients');
export const DEFAULT_CLIENT_SORT = '-created_at';
const MIN_WIDTH = 1150;

export interface ClientsTableProps {
  readonly rows: readonly Client[] | undefined;
  readonly manage: boolean;
  readonly selection: Selection;
  readonly onDialog: (dialog: ClientDialog) => void;
}

/** The clients as a table, or below 700 px as cards. */
export function ClientsTable(props: ClientsTableProps) {
  const { rows, manage, selection, onDialog } = props;
  const { sort = DEFAULT_CLIENT_SORT } = route.useSearch();
  const navigate = useNavigate({ from: '/settings/oauth-clients' });
  const openClient = useOpenClient();
  const change = selection.change;
  const columns = useMemo(() => columnsOf({ manage, change, onDialog }), [manage, change, onDialog]);
  const card = useCallback(
    (client: Client, selected: boolean) => <ClientCard {...{ client, selected, manage, change, onDialog }} />,
    [manage, change, onDialog],
  );
  return (
    <Table
      label="OAuth clients"
      columns={manage ? [{ ...columns[0]!, head: <SelectAll rows={rows} selection={selection} /> }, ...columns.slice(1)] : columns}
      rows={rows}
      rowKey={({ client_id }) => client_id}
      minWidth={MIN_WIDTH}
      look={(client) => ({
        selected: selection.has(client),
        muted: client.status === 'disabled',
        onOpen: () => openClient(client.client_id),
      })}
      sort={{
        current: sort,
        onChange: (next) => void navigate({ to: '/settings/oauth-clients', search: (search) => ({ ...search, sort: next }) }),
      }}
      card={card}
    />
  );
}

/** What a row's cells need beside the client: all of it stays the same, so that a tick draws one row anew. */
export interface RowTools {
  readonly manage: boolean;
  readonly change: Selection['change'];
  readonly onDialog: (dialog: ClientDialog) => void;
}

function columnsOf({ manage, change, onDialog }: RowTools): Column<Client>[] {
  const columns: Column<Client>[] = [
    { title: 'Name', sort: 'client_name', sticky: true, cell: (client) => <NameCell client={client} /> },
    { title: 'Client ID', width: 106, cell: ({ client_id }) => <Identifier id={client_id} what="client ID" /> },
    { title: 'Client secret', width: 140, cell: (client) => <SecretCell client={client} /> },
    { title: 'Teams', width: 94, cell: (client) => <TeamsCell client={client} /> },
    {
      title: 'Team limit',
      width: 72,
      sort: 'team_selection',
      cell: ({ team_selection }) => (team_selection === 'single' ? 'Single' : 'Multiple'),
    },
    { title: 'Scope', width: 102, sort: 'access_preset', cell: (client) => <ScopeCell client={client} /> },
    {
      title: 'Access token',
      width: 86,
      sort: 'access_token_lifetime_seconds',
      cell: (client) => formatLifetimeShort(client.access_token_lifetime_seconds),
    },
    { title: 'Refresh token', width: 90, sort: 'refresh_token_lifetime_seconds', cell: (client) => <RefreshCell client={client} /> },
    { title: 'Last used', width: 106, sort: 'last_used_at', cell: (client) => <LastUsedCell client={client} /> },
    { title: 'Status', width: 102, sort: 'status', cell: (client) => <StatusSwitch client={client} manage={manage} /> },
  ];
  return manage ? [selectColumn(change), ...columns, actionsColumn(onDialog)] : columns;
}

function selectColumn(change: RowTools['change']): Column<Client> {
  return {
    title: 'Select',
    width: 36,
    tells: 'selected',
    cell: (client, selected) => (
      <Tick
        aria-label={`Select ${client.client_name}`}
        checked={selected}
        onChange={(event) => change([client], event.currentTarget.checked)}
      />
    ),
  };
}

function actionsColumn(onDialog: RowTools['onDialog']): Column<Client> {
  return { title: 'Actions', hidden: true, width: 86, cell: (client) => <ClientActions client={client} onDialog={onDialog} /> };
}

function SelectAll({ rows: shown, selection }: Pick<ClientsTableProps, 'rows' | 'selection'>) {
  const rows = shown ?? [];
  const chosen = rows.filter((client) => selection.has(client)).length;
  return (
    <Checkbox
      aria-label="Select all clients shown"
      checked={rows.length > 0 && chosen === rows.length}
      indeterminate={chosen > 0 && chosen < rows.length}
      onChange={(event) => selection.change(rows, event.currentTarget.checked)}
    />
  );
}

function NameCell({ client }: { client: Client }) {
  return (
    <>
      <ClientLink client={client} />
      <span className="b-marks">
        <TypeMark client={client} />
        <RiskMark client={client} />
      </span>
    </>
  );
}
