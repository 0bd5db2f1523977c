import { Button } from '@mantine/core';
import { IconAppWindow, IconPlus } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Outlet, useNavigate } from '@tanstack/react-router';
import { countOf } from '../../lib/format.js';
import { clientsQuery, sessionQuery } from '../../lib/resources.js';
import { EmptyState, ErrorState, PageHead, TableSkeleton } from '../../ui/states.js';
import { ClientsTable } from './clients-table.js';
import { FilterBar } from './filter-bar.js';
import './clients.css';

const route = getRouteApi('/shell/settings/oauth-clients');

/** Every client of the organization: find, judge, switch off. */
export function ClientsPage() {
  const filter = route.useSearch();
  const navigate = useNavigate();
  const { data: session } = useQuery(sessionQuery);
  const manage = session?.permissions.includes('OAUTH_CLIENT_MANAGE') ?? false;
  const list = useInfiniteQuery({ ...clientsQuery({ ...filter }), placeholderData: keepPreviousData });
  const clients = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const filtered = Boolean(filter.search || filter.team_selection || filter.access_preset);
  const first = list.data?.pages[0];
  const create = manage && (
    <Button
      leftSection={<IconPlus size={15} stroke={1.6} />}
      onClick={() => void navigate({ to: '/settings/oauth-clients/new', search: (search) => search })}
    >
      Create OAuth client
    </Button>
  );
  const isFirstVisit = first !== undefined && first.total === 0 && !filtered;
  return (
    <>
      <PageHead title="OAuth Clients" text="Applications that call Behalf APIs for a user." action={!isFirstVisit && create} />
      {isFirstVisit ? (
        <EmptyState
          icon={<IconAppWindow size={20} stroke={1.6} />}
          title="Give an application its own access"
          text="A client stands for one integration, such as a CLI tool, an AI agent or a wall display. It acts for the user who approves it, and you can cut it off at any time."
          action={create}
        />
      ) : (
        <>
          <FilterBar />
          {list.isPending && <TableSkeleton what="OAuth clients" />}
          {list.isError && !list.data && <ErrorState what="The OAuth clients" error={list.error} onRetry={() => void list.refetch()} />}
          {first && clients.length > 0 && <ClientsTable clients={clients} manage={manage} />}
          {first && clients.length === 0 && filtered && (
            <EmptyState
              icon={<IconAppWindow size={20} stroke={1.6} />}
              title="No client matches"
              text="Try another name or client ID, or fewer filters."
              action={
                <Button variant="default" onClick={() => void navigate({ to: '/settings/oauth-clients' })}>
                  Clear filters
                </Button>
              }
            />
          )}
          {first && clients.length > 0 && (
            <div className="b-foot">
              <p className="b-count" role="status">
                {countOf(first, 'client', 'clients')}
              </p>
              {list.hasNextPage && (
                <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                  Show more
                </Button>
              )}
            </div>
          )}
        </>
      )}
      <Outlet />
    </>
  );
}
