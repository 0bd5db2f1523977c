import type { ConsentRow } from '@behalf/domain';
import { IconRosetteDiscountCheck, IconXboxX } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { act } from '../../lib/http.js';
import { consentsQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useSession } from '../../lib/use-session.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { RowActions } from '../../ui/row-actions.js';
import { useReceipt } from '../../ui/receipt.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { toastFailure } from '../../ui/toast.js';

const MIN_WIDTH = 640;

/** What one has approved, and is not asked about again. */
export function ApprovedApps() {
  const { data, error, refetch } = useQuery(consentsQuery);
  if (error && !data) return <ErrorState what="The approved apps" error={error} onRetry={() => void refetch()} />;
  if (data?.length === 0) {
    return (
      <EmptyState
        icon={<IconRosetteDiscountCheck size={20} stroke={1.6} />}
        title="You have approved no application"
        text="When you allow an application to act on your behalf, it is remembered here."
      />
    );
  }
  return (
    <Table
      label="approved apps"
      columns={COLUMNS}
      rows={data}
      rowKey={({ client_id }) => client_id}
      minWidth={MIN_WIDTH}
      skeletonRows={2}
    />
  );
}

const COLUMNS: Column<ConsentRow>[] = [
  { title: 'Application', place: 'title', sticky: true, cell: ({ client_name }) => <span className="b-name">{client_name}</span> },
  { title: 'Permissions', width: 180, cell: ({ scope }) => scopeText(scope) },
  { title: 'Teams', width: 260, cell: ({ teams }) => teams.map(({ name }) => name).join(', ') || '—' },
  { title: 'Approved', width: 150, cell: ({ given_at }) => <Time at={given_at} /> },
  { title: 'Actions', hidden: true, width: 60, place: 'corner', cell: (row) => <Withdraw row={row} /> },
];

function scopeText(scope: string): string {
  const words = scope.split(' ');
  return words.includes('write') ? 'Full access' : words.includes('read') ? 'Read-only' : 'Sign-in only';
}

function Withdraw({ row }: { row: ConsentRow }) {
  const { client_name } = row;
  const [asking, ask] = useState(false);
  const withdraw = useWithdraw(row, () => ask(false));
  const action = { label: `Withdraw approval of ${client_name}`, short: 'Withdraw approval', icon: IconXboxX, danger: true };
  return (
    <>
      <RowActions name={client_name} actions={[{ ...action, onClick: () => ask(true) }]} />
      {asking && (
        <ConfirmDialog
          title="Withdraw approval"
          text={`${client_name} has to ask you again before it gets new access. Tokens that it holds keep working: revoke them in Active Sessions.`}
          action="Withdraw"
          pending={withdraw.pending}
          onConfirm={() => withdraw.run()}
          onClose={() => ask(false)}
        />
      )}
    </>
  );
}

/** What an approval shows in. */
const TOUCHED = ['consents', 'connected-apps', 'tokens'];

function useWithdraw({ client_id, client_name, scope, teams }: ConsentRow, onAnswer: () => void) {
  const { user } = useSession();
  const show = useReceipt();
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: () => act<void>('DELETE', `/consents/${encodeURIComponent(client_id)}`),
    onSuccess: async (done) => {
      onAnswer();
      const approved = `${scopeText(scope)} in ${teams.map(({ name }) => name).join(', ') || 'no team'}`;
      const facts = [
        ['App', client_name],
        ['For', user.name],
        ['Approved was', approved],
        ['Kept', 'Tokens that it holds'],
      ] as const;
      show({ title: 'Approval withdrawn', facts }, done);
      await queryClient.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(String(queryKey[0])) });
    },
    onError: (error) => {
      onAnswer();
      toastFailure('Your approval was not withdrawn', error);
    },
  });
}
