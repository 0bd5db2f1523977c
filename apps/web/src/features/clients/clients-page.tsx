import type { Client } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconAppWindow, IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { clientsQuery } from '../../lib/resources.js';
import { usePermission } from '../../lib/use-session.js';
import { ListFoot } from '../../ui/list-foot.js';
import { PageHead } from '../../ui/page.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { ClientDialogs, type ClientDialog } from './client-dialogs.js';
import { ClientsTable } from './clients-table.js';
import { FilterBar } from './filter-bar.js';
import { SelectionBar } from './selection-bar.js';
import { useSelection } from './use-selection.js';
import './clients.css';

const route = getRouteApi('/shell/settings/oauth-clients');

/** Every client of the organization: find, judge, switch off. */
export function ClientsPage() {
  const filter = route.useSearch();
  const manage = usePermission('OAUTH_CLIENT_MANAGE');
  const list = useInfiniteQuery({ ...clientsQuery({ ...filter }), placeholderData: keepPreviousData });
  const filtered = Boolean(filter.search ?? filter.team_selection ?? filter.access_preset);
  const isFirstVisit = list.data?.pages[0]?.total === 0 && !filtered && !list.isPlaceholderData;
  const create = manage ? <CreateButton /> : undefined;
  return (
    <>
      <PageHead title="OAuth Clients" text="Applications that call Behalf APIs for a user." action={!isFirstVisit && create} />
      {isFirstVisit ? <FirstVisit action={create} /> : <ClientList list={list} manage={manage} filtered={filtered} />}
      <Outlet />
    </>
  );
}

type List = ReturnType<typeof useInfiniteQuery<Awaited<ReturnType<NonNullable<ReturnType<typeof clientsQuery>['queryFn']>>>>>;

function CreateButton() {
  const navigate = useNavigate();
  return (
    <Button
      leftSection={<IconPlus size={15} stroke={1.6} />}
      onClick={() => void navigate({ to: '/settings/oauth-clients/new', search: (search) => search })}
    >
      Create OAuth client
    </Button>
  );
}
