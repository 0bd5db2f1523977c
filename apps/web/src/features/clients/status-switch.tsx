import { type Client, STATUS_REASON_MAX } from '@behalf/domain';
import { Button, Modal, Switch, Textarea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { type InfiniteData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Impact, Page } from '@behalf/domain';
import { liveTokens, relativeTime } from '../../lib/format.js';
import { api } from '../../lib/http.js';
import { Note } from '../../ui/states.js';

type Change = { status: 'enabled' | 'disabled'; reason?: string };

/** On and off: off asks and says what it ends, on asks nothing. */
export function StatusSwitch({ client, manage }: { client: Client; manage: boolean }) {
  const [asking, dialog] = useDisclosure(false);
  const change = useChangeStatus(client);
  const enabled = client.status === 'enabled';
  return (
    <>
      <Switch
        aria-label={`Status of ${client.client_name}`}
        label={enabled ? 'Enabled' : 'Disabled'}
        checked={enabled}
        disabled={!manage || change.isPending}
        onChange={() => (enabled ? dialog.open() : change.mutate({ status: 'enabled' }))}
        styles={{ label: { fontSize: 13, paddingLeft: 8 } }}
      />
      {asking && (
        <PauseDialog
          client={client}
          onClose={dialog.close}
          onPause={(reason) => {
            dialog.close();
            change.mutate({ status: 'disabled', ...(reason ? { reason } : {}) });
          }}
        />
      )}
    </>
  );
}

function PauseDialog({ client, onClose, onPause }: { client: Client; onClose: () => void; onPause: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  const impact = useQuery({
    queryKey: ['impact', client.client_id],
    queryFn: () => api<Impact>('POST', '/oauth-clients/impact', { client_ids: [client.client_id] }),
    staleTime: 0,
  });
  return (
    <Modal.Root opened onClose={onClose} size={480} centered>
      <Modal.Overlay />
      <Modal.Content aria-label="Pause OAuth client">
        <h2 className="b-dialog-title">Pause OAuth client</h2>
        <div className="b-dialog-body">
          <p className="b-dialog-text">
            Existing tokens stop working immediately, and <strong>{client.client_name}</strong> can get no new ones. Switching it back on does not
            bring them back: its users sign in again.
          </p>
          <Note tone="warning">{impact.data ? describeImpact(impact.data) : impact.isError ? 'What it would end could not be counted.' : 'Counting live tokens …'}</Note>
          <Textarea
            mt={16}
            label="Reason"
            description="Optional. Shown to other administrators and written to the audit log."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={STATUS_REASON_MAX}
            autosize
            minRows={2}
          />
        </div>
        <div className="b-dialog-foot">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button color="red" onClick={() => onPause(reason.trim())}>
            Pause client
          </Button>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}

/** The blast radius in one sentence. */
function describeImpact({ live_tokens, users, last_used_at }: Impact): string {
  if (live_tokens === 0) return 'No live token would end.';
  const used = last_used_at === null ? 'never used' : `last used ${relativeTime(last_used_at)}`;
  return `${liveTokens(live_tokens)} live ${live_tokens === 1 ? 'token' : 'tokens'} of ${users} ${users === 1 ? 'user' : 'users'} would end; ${used}.`;
}

/** Shows the new status at once, and takes it back when the server refuses. */
function useChangeStatus(client: Client) {
  const queryClient = useQueryClient();
  const show = (changed: Client) =>
    queryClient.setQueriesData<InfiniteData<Page<Client>>>({ queryKey: ['oauth-clients'] }, (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, items: page.items.map((each) => (each.client_id === changed.client_id ? changed : each)) })),
      },
    );
  return useMutation({
    mutationFn: (change: Change) => api<Client>('PUT', `/oauth-clients/${encodeURIComponent(client.client_id)}/status`, change),
    onMutate: async ({ status }) => {
      await queryClient.cancelQueries({ queryKey: ['oauth-clients'] });
      show({ ...client, status });
    },
    onSuccess: (changed) => {
      show(changed);
      notifications.show({ message: changed.status === 'enabled' ? `${client.client_name} is enabled` : `${client.client_name} is paused` });
    },
    onError: (error) => {
      show(client);
      notifications.show({ color: 'red', title: 'The status was not changed', message: error.message });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['oauth-clients'] }),
  });
}

