import type { ConnectedApp, TokenRow, TokenStatus } from '@behalf/domain';
import { IconBan, IconClockOff, IconEye, IconFilterMinus, IconPencil, IconPlayerPause, IconUser, IconXboxX } from '@tabler/icons-react';
import { useState } from 'react';
import { tokensQuery } from '../../lib/resources.js';
import { useRows } from '../../lib/use-rows.js';
import { useSession } from '../../lib/use-session.js';
import { Identifier } from '../../ui/identifier.js';
import { ListFoot } from '../../ui/list-foot.js';
import { RowActions } from '../../ui/row-actions.js';
import { ErrorState } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import type { Show } from './active-sessions-page.js';
import { NarrowDialog } from './narrow-dialog.js';
import { RevokeDialog } from './revoke-dialog.js';
import { useRevoke } from './use-revoke.js';

const DEFAULT_SORT = '-last_used_at';
const MIN_WIDTH = 900;

interface Props {
  readonly app: ConnectedApp;
  readonly show: Show;
  readonly mayEnd: boolean;
}

/** The live authorizations of one application. */
export function TokenTable({ app, show, mayEnd }: Props) {
  const [sort, setSort] = useState(DEFAULT_SORT);
  const list = useRows(tokensQuery(app.client_id, { show, sort }));
  const { user } = useSession();
  const columns: Column<TokenRow>[] = [
    { title: 'Token ID', width: 148, place: 'title', cell: ({ token_id }) => <Identifier id={token_id} what="token ID" /> },
    ...(show === 'organization' ? [{ title: 'User', width: 150, cell: (row: TokenRow) => <UserCell row={row} /> }] : []),
    { title: 'Status', width: 124, cell: ({ status }) => <TokenStatusMark status={status} /> },
    { title: 'Last used', width: 140, sort: 'last_used_at', cell: ({ last_used_at }) => <Time at={last_used_at} /> },
    { title: 'Expires', width: 140, sort: 'expires_at', cell: ({ expires_at }) => <Time at={expires_at} /> },
    { title: 'Permissions', cell: (row) => <PermissionsCell row={row} /> },
    {
      title: 'Actions',
      hidden: true,
      width: 80,
      place: 'corner',
      cell: (row) => (mayEnd || row.user.id === user.id) && <TokenActions app={app} row={row} />,
    },
  ];
  if (list.error) return <ErrorState what="The tokens" error={list.error} onRetry={list.retry} />;
  return (
    <>
      <Table
        bare
        label={`tokens of ${app.client_name}`}
        columns={columns}
        rows={list.rows}
        skeletonRows={Math.min(app.live_tokens, 8)}
        rowKey={({ token_id }) => token_id}
        minWidth={MIN_WIDTH}
        sort={{ current: sort, onChange: setSort }}
      />
      {list.hasMore && (
        <div className="b-app-foot">
          <ListFoot list={list} one="token" many="tokens" />
        </div>
      )}
    </>
  );
}

function UserCell({ row: { user } }: { row: TokenRow }) {
  return (
    <span className="b-strong" title={user.email}>
      {user.name}
    </span>
  );
}

const STATUS = {
  active: { label: 'Active', icon: null, className: 'b-green' },
  suspended: { label: 'Suspended', icon: IconPlayerPause, className: 'b-amber' },
  expired: { label: 'Expired', icon: IconClockOff, className: 'b-faint' },
  revoked: { label: 'Revoked', icon: IconBan, className: 'b-faint' },
} as const satisfies Record<TokenStatus, object>;

function TokenStatusMark({ status }: { status: TokenStatus }) {
  const { label, icon: Icon, className } = STATUS[status];
  return (
    <span className={`b-inline b-status-mark ${className}`}>
      {Icon ? <Icon size={14} stroke={1.6} aria-hidden="true" /> : <span className="b-dot" aria-hidden="true" />}
      {label}
    </span>
  );
}

function PermissionsCell({ row: { scope, teams } }: { row: TokenRow }) {
  const words = scope.split(' ');
  const [Icon, label] = words.includes('write')
    ? [IconPencil, 'Full access']
    : words.includes('read')
      ? [IconEye, 'Read-only']
      : [IconUser, 'Sign-in only'];
  return (
    <span className="b-inline b-permissions" title={scope}>
      <Icon size={14} stroke={1.6} aria-hidden="true" />
      <span className="b-strong">{label}</span>
      <span className="b-teams-named">in {teams.map(({ name }) => name).join(', ') || 'no team now'}</span>
    </span>
  );
}

function TokenActions({ app, row }: { app: ConnectedApp; row: TokenRow }) {
  const [dialog, open] = useState<'narrow' | 'revoke' | null>(null);
  const { token_id } = row;
  const revoke = useRevoke<TokenRow>({
    path: `/tokens/${token_id}`,
    list: ['tokens', app.client_id],
    isGone: (each) => each.token_id === token_id,
    done: () => `A token of ${app.client_name} was revoked`,
  });
  return (
    <>
      <RowActions
        name={`token ${token_id}`}
        actions={[
          { label: `Narrow token ${token_id}`, short: 'Narrow', icon: IconFilterMinus, onClick: () => open('narrow') },
          { label: `Revoke token ${token_id}`, short: 'Revoke', icon: IconXboxX, danger: true, onClick: () => open('revoke') },
        ]}
      />
      {dialog === 'narrow' && <NarrowDialog app={app} row={row} onClose={() => open(null)} />}
      {dialog === 'revoke' && (
        <RevokeDialog
          what={`This token of ${app.client_name}, authorized by ${row.user.name}, stops working immediately.`}
          onClose={() => open(null)}
          onRevoke={() => {
            open(null);
            revoke.run();
          }}
        />
      )}
    </>
  );
}
