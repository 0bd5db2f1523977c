import type { ConsentRow } from '@behalf/domain';
import { IconEye, IconId, IconPencil, IconRosetteDiscountCheck, IconXboxX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { scopeText } from '../../lib/access-text.js';
import { consentsQuery } from '../../lib/resources.js';
import { RowActions } from '../../ui/row-actions.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { UsedAt } from '../../ui/used-at.js';
import { WithdrawDialog } from './withdraw-dialog.js';

const MIN_WIDTH = 720;

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
  { title: 'Permissions', width: 240, cell: (row) => <Permissions row={row} /> },
  { title: 'Teams', width: 240, cell: ({ teams }) => teams.map(({ name }) => name).join(', ') || '—' },
  { title: 'Approved', width: 150, sorted: 'descending', cell: ({ given_at }) => <Time at={given_at} /> },
  { title: 'Actions', hidden: true, width: 60, place: 'corner', cell: (row) => <Withdraw row={row} /> },
];

function Permissions({ row: { scope, resources } }: { row: ConsentRow }) {
  const text = scopeText(scope);
  const Icon = { 'Full access': IconPencil, 'Read-only': IconEye, 'Sign-in only': IconId }[text];
  return (
    <>
      <span className="b-inline">
        <Icon size={14} stroke={1.6} aria-hidden="true" /> {text}
      </span>
      <UsedAt resources={resources} />
    </>
  );
}

function Withdraw({ row }: { row: ConsentRow }) {
  const [asking, ask] = useState(false);
  const action = { label: `Withdraw approval of ${row.client_name}`, short: 'Withdraw approval', icon: IconXboxX, danger: true };
  return (
    <>
      <RowActions name={row.client_name} actions={[{ ...action, onClick: () => ask(true) }]} />
      {asking && <WithdrawDialog row={row} onClose={() => ask(false)} />}
    </>
  );
}
