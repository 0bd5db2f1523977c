import type { ConsentRow } from '@behalf/domain';
import { Checkbox } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { plural } from '../../lib/format.js';
import { api } from '../../lib/http.js';
import { connectedAppPath, tokensQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useRows } from '../../lib/use-rows.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { Note } from '../../ui/note.js';
import { toast } from '../../ui/toast.js';

/** Makes an application ask again, and ends the access that it has now unless that is to stay. */
export function WithdrawDialog({ row: { client_id, client_name }, onClose }: { row: ConsentRow; onClose: () => void }) {
  const { total, error } = useRows(tokensQuery(client_id, { show: 'mine' }));
  const [revoking, setRevoking] = useState(true);
  const live = total?.total ?? 0;
  const withdraw = useWithdraw(client_id, client_name, onClose);
  return (
    <ConfirmDialog
      title="Withdraw approval"
      text={`${client_name} has to ask you again before it gets new access.`}
      action="Withdraw approval"
      pending={withdraw.pending}
      disabled={!total && !error}
      onConfirm={() => withdraw.run(live > 0 && revoking)}
      onClose={onClose}
    >
      {live > 0 ? (
        <Checkbox
          label="Also end the access that it has now"
          description={
            revoking
              ? `${plural(live, 'live token stops', 'live tokens stop')} working at once, for good.`
              : `${plural(live, 'live token keeps', 'live tokens keep')} working until ${live === 1 ? 'it ends' : 'they end'}. Active Sessions lists what is live.`
          }
          checked={revoking}
          onChange={(event) => setRevoking(event.currentTarget.checked)}
        />
      ) : (
        <div role="status">
          <Note tone="info">{statusText(total !== undefined, error !== null)}</Note>
        </div>
      )}
      <FailureNote title="Your approval was not withdrawn" error={withdraw.error} />
    </ConfirmDialog>
  );
}

function statusText(counted: boolean, failed: boolean): string {
  if (counted) return 'It has no live token.';
  return failed ? 'Its live tokens could not be counted; they keep working.' : 'Counting live tokens …';
}

/** What an approval shows in. */
const TOUCHED = ['consents', 'connected-apps', 'tokens'];

function useWithdraw(client_id: string, client_name: string, onDone: () => void) {
  const queryClient = useQueryClient();
  return useAction({
    // Revoking all tokens of an application forgets the approval in the same transaction.
    mutationFn: async (revoke: boolean) => {
      if (revoke) return (await api<{ revoked: number }>('DELETE', `${connectedAppPath(client_id)}/tokens?show=mine`)).revoked;
      await api<void>('DELETE', `/consents/${encodeURIComponent(client_id)}`);
      return 0;
    },
    onSuccess: async (revoked) => {
      onDone();
      const ended = revoked > 0 ? ` ${plural(revoked, 'live token', 'live tokens')} ended.` : '';
      toast(`Your approval of ${client_name} was withdrawn.${ended}`);
      await queryClient.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(String(queryKey[0])) });
    },
  });
}
