import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { isProblem } from '../../lib/http.js';
import { clientQuery } from '../../lib/resources.js';
import { usePermission } from '../../lib/use-session.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { ErrorState } from '../../ui/states.js';
import { ClientDrawer } from './client-drawer.js';
import { DrawerSkeleton } from './drawer-skeleton.js';
import { CloseButton, Gone } from './gone.js';
import { useCloseDrawer } from './use-open-client.js';

const route = getRouteApi('/shell/settings/oauth-clients/$client_id');

/** A client's own drawer: fetched, since its address may have been shared. */
export function EditDrawer() {
  const { client_id } = route.useParams();
  return <FetchedDrawer key={client_id} client_id={client_id} />;
}

function FetchedDrawer({ client_id }: { client_id: string }) {
  const { data, error, refetch } = useQuery(clientQuery(client_id));
  const [opened] = useState(data === undefined);
  const close = useCloseDrawer();
  const gone = isProblem(error, 'not-found');
  useForgetGone(gone);
  // It may have been deleted while it was looked at, or cached from before.
  if (data) return <ClientDrawer client={data} gone={gone} still={opened} onClose={close} />;
  if (!error) return <LoadingDrawer onClose={close} />;
  return (
    <ClosingDrawer onClose={close}>
      {gone ? <Gone /> : <ErrorState what="The client" error={error} onRetry={() => void refetch()} />}
    </ClosingDrawer>
  );
}

/** The list behind must not show what is gone. */
function useForgetGone(gone: boolean): void {
  const queryClient = useQueryClient();
  useEffect(() => {
    if (gone) void queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
  }, [gone, queryClient]);
}

function LoadingDrawer({ onClose }: { onClose: () => void }) {
  const manage = usePermission('OAUTH_CLIENT_MANAGE');
  return (
    <SideDrawer
      title="Edit OAuth client"
      label="Client"
      onClose={onClose}
      foot={
        <>
          <span className="b-drawer-state">Loading …</span>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          {manage && <Button disabled>Save changes</Button>}
        </>
      }
    >
      <DrawerSkeleton />
    </SideDrawer>
  );
}

/** There is nothing to edit. */
function ClosingDrawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <SideDrawer title="Edit OAuth client" label="Client" still onClose={onClose} foot={<CloseButton onClose={onClose} />}>
      <div className="b-drawer-top">{children}</div>
    </SideDrawer>
  );
}
