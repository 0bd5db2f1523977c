import type { ConsentRow } from '@behalf/domain';
import { Checkbox } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { accessText } from '../../lib/access-text.js';
import { plural } from '../../lib/format.js';
import { act, type Done } from '../../lib/http.js';
import { connectedAppPath, tokensQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useSession } from '../../lib/use-session.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { Note } from '../../ui/note.js';
import { useReceipt } from '../../ui/receipt.js';

/** Makes an application ask again, and ends the access that it has now unless that is to stay. */
export function WithdrawDialog({ row, onClose }: { row: ConsentRow; onClose: () => void }) {
  const { client_id, client_name } = row;
  const { data, error } = useQuery(tokensQuery(client_id, { show: 'mine', limit: 1 }));
  const [revoking, setRevoking] = useState(true);
  const live = data?.total ?? 0;
  const withdraw = useWithdraw(row, live, onClose);
  return (
    <ConfirmDialog
      title="Withdraw approval"
      text={`${client_name} has to ask you again before it gets new access.`}
      action="Withdraw approval"
      pending={withdraw.pending}
      disabled={!data && !error}
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
          <Note tone="info">{statusText(data !== undefined, error !== null)}</Note>
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

/**
 * Revoking all tokens of an application forgets the approval in the same transaction.
 *
 * @param live tokens, as far as they are known
 */
function useWithdraw({ client_id, client_name, scope, teams }: ConsentRow, live: number, onDone: () => void) {
  const { user } = useSession();
  const show = useReceipt();
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: (revoke: boolean): Promise<Done<{ revoked: number } | undefined>> =>
      revoke
        ? act('DELETE', `${connectedAppPath(client_id)}/tokens?show=mine`)
        : act('DELETE', `/consents/${encodeURIComponent(client_id)}`),
    onSuccess: async (done) => {
      onDone();
      const facts = [
        ['App', client_name],
        ['For', user.name],
        ['Approved was', accessText(scope, teams)],
        [done.answer ? 'Ended' : 'Kept', plural(done.answer?.revoked ?? live, 'live token', 'live tokens')],
      ] as const;
      show({ title: `Your approval of ${client_name} was withdrawn`, facts }, done);
      await queryClient.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(String(queryKey[0])) });
    },
  });
}
