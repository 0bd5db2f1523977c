import { Button, Skeleton } from '@mantine/core';
import { IconGhost } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { isProblem } from '../../lib/http.js';
import { clientQuery } from '../../lib/resources.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
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
    <SideDrawer
      title="Edit OAuth client"
      label="Client"
      onClose={close}
      foot={
        <Button variant="default" onClick={close} className="b-push-left">
          Close
        </Button>
      }
    >
      <div className="b-drawer-top">
        {isProblem(error, 'not-found') && <Gone />}
        {error && !isProblem(error, 'not-found') && <ErrorState what="The client" error={error} onRetry={() => void refetch()} />}
        {!error && <DrawerSkeleton />}
      </div>
    </SideDrawer>
  );
}

function Gone() {
  return (
    <EmptyState
      icon={<IconGhost size={20} stroke={1.6} />}
      title="There is no such client"
      text="It was deleted, or it belongs to another organization."
    />
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
