import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Skeleton } from '@mantine/core';
import { clientQuery } from '../../lib/resources.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { ErrorState } from '../../ui/states.js';
import { ClientDrawer } from './client-drawer.js';
import { useCloseDrawer } from './use-open-client.js';

const route = getRouteApi('/shell/settings/oauth-clients/$client_id');

/** A client's own drawer: fetched, since its address may have been shared. */
export function EditDrawer() {
  const { client_id } = route.useParams();
  const { data, error, refetch } = useQuery(clientQuery(client_id));
  const close = useCloseDrawer();
  if (data) return <ClientDrawer key={client_id} client={data} onClose={close} />;
  return (
    <SideDrawer title="Edit OAuth client" label="Client" onClose={close} foot={null}>
      <div className="b-drawer-top">
        {error ? <ErrorState what="The client" error={error} onRetry={() => void refetch()} /> : <DrawerSkeleton />}
      </div>
    </SideDrawer>
  );
}

function DrawerSkeleton() {
  return (
    <div role="status" aria-label="Loading the client">
      <Skeleton height={16} width="40%" mb={24} />
      <Skeleton height={14} width="60%" mb={32} />
      <Skeleton height={14} width="25%" mb={12} />
      <Skeleton height={32} mb={24} />
      <Skeleton height={14} width="25%" mb={12} />
      <Skeleton height={64} />
    </div>
  );
}
