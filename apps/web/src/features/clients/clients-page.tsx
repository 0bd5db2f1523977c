import type { Client } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconAppWindow, IconPlus, IconSearch } from '@tabler/icons-react';
import { getRouteApi, Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { clientsQuery } from '../../lib/resources.js';
import { useRefetchAt } from '../../lib/use-refetch-at.js';
import { type Rows, useRows } from '../../lib/use-rows.js';
import { usePermission } from '../../lib/use-session.js';
import { ListFoot } from '../../ui/list-foot.js';
import { PageHead } from '../../ui/page.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import type { ClientDialog } from './client-dialogs.js';
import { ClientsTable } from './clients-table.js';
import { FilterBar } from './filter-bar.js';
import { SelectionBar } from './selection-bar.js';
import { useSelection } from './use-selection.js';
import './clients.css';
import './drawer.css';
import './form.css';

const ClientDialogs = lazy(async () => ({ default: (await import('./client-dialogs.js')).ClientDialogs }));
const route = getRouteApi('/shell/settings/oauth-clients');

/** Every client of the organization: find, judge, switch off. */
export function ClientsPage() {
  // Named one by one: the drawer's own part of the address is not the list's.
  const { search, team_selection, access_preset, sort } = route.useSearch();
  const manage = usePermission('OAUTH_CLIENT_MANAGE');
  const list = useRows(clientsQuery({ search, team_selection, access_preset, sort }));
  useRefetchAt(list.rows?.flatMap(({ previous_secret, resume_at }) => [previous_secret?.expires_at, resume_at]) ?? [], list.refetch);
  const filtered = Boolean(search ?? team_selection ?? access_preset);
  const isFirstVisit = list.total?.total === 0 && !filtered && !list.isStale;
  const create = manage && <CreateButton />;
  return (
    <>
      <PageHead title="OAuth Clients" text="Applications that call Behalf APIs for a user." action={!isFirstVisit && create} />
      {isFirstVisit ? (
        <EmptyState
          icon={<IconAppWindow size={20} stroke={1.6} />}
          title="Connect your first application"
          text="Give a CLI, an internal tool or an AI agent short-lived access that never exceeds the user who authorizes it."
          action={create}
        />
      ) : (
        <ClientList list={list} manage={manage} />
      )}
      <Outlet />
    </>
  );
}

function CreateButton() {
  const navigate = useNavigate();
  return (
    <Button
      leftSection={<IconPlus size={15} stroke={1.6} />}
      onClick={() => void navigate({ to: '/settings/oauth-clients/new', search: (search) => search, resetScroll: false })}
    >
      Create OAuth client
    </Button>
  );
}

function ClientList({ list, manage }: { list: Rows<Client>; manage: boolean }) {
  const selection = useSelection();
  const [dialog, open] = useState<ClientDialog | null>(null);
  const navigate = useNavigate();
  const isEmpty = list.rows?.length === 0;
  return (
    <>
      <FilterBar>
        {selection.size > 0 && (
          <SelectionBar
            selection={selection}
            shown={list.rows ?? []}
            onDelete={() => open({ kind: 'delete-selected', clients: selection.chosen })}
          />
        )}
      </FilterBar>
      {list.error && <ErrorState what="The OAuth clients" error={list.error} onRetry={list.retry} />}
      {!list.error && !isEmpty && <ClientsTable rows={list.rows} manage={manage} selection={selection} onDialog={open} />}
      {isEmpty && (
        <EmptyState
          icon={<IconSearch size={20} stroke={1.6} />}
          title="No client matches"
          text="Try another name or client ID, or fewer filters."
          action={
            <Button variant="default" onClick={() => void navigate({ to: '/settings/oauth-clients' })}>
              Clear filters
            </Button>
          }
        />
      )}
      {!isEmpty && <ListFoot list={list} one="client" many="clients" />}
      <Suspense>{dialog && <ClientDialogs dialog={dialog} selection={selection} onClose={() => open(null)} />}</Suspense>
    </>
  );
}
