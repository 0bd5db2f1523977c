import { type ConnectedApp, LIVE_TOKENS_CAP, type TokenRow } from '@behalf/domain';
import { IconFilterMinus, IconListSearch, IconXboxX } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { accessText } from '../../lib/access-text.js';
import { shorten } from '../../lib/format.js';
import { tokensQuery } from '../../lib/resources.js';
import { usePagedRows } from '../../lib/use-paged-rows.js';
import { useSession } from '../../lib/use-session.js';
import { Identifier } from '../../ui/identifier.js';
import { Pager } from '../../ui/pager.js';
import { RowActions } from '../../ui/row-actions.js';
import { ErrorState } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import type { Shown } from './active-sessions-page.js';
import { NarrowDialog } from './narrow-dialog.js';
import { RevokeDialog } from './revoke-dialog.js';
import { PermissionsCell, TokenStatusMark, UserCell } from './token-cells.js';
import { useRevoke } from './use-revoke.js';

const DEFAULT_SORT = '-last_used_at';
const MIN_WIDTH = 1000;
const PAGE_ROWS = 25;

interface Props {
  readonly app: ConnectedApp;
  readonly shown: Shown;
  /** Others' too. */
  readonly mayEnd: boolean;
}

/** One application's authorizations, page by page. */
export function TokenTable({ app, shown: { show, status }, mayEnd }: Props) {
  const [sort, setSort] = useState(DEFAULT_SORT);
  const list = usePagedRows((cursor) => tokensQuery(app.client_id, { show, status, sort, limit: PAGE_ROWS, cursor }));
  const { user } = useSession();
  const ended = status === 'ended';
  const label = `${ended ? 'ended tokens' : 'tokens'} of ${app.client_name}`;
  if (list.error) return <ErrorState what={`The ${label}`} error={list.error} onRetry={list.retry} />;
  const mayAct = (row: TokenRow) => mayEnd || row.user.id === user.id;
  return (
    <>
      <Table
        bare
        label={label}
        columns={columnsOf(app, show === 'organization', ended, mayAct)}
        rows={list.rows}
        skeletonRows={skeletonRows(app)}
        rowKey={({ token_id }) => token_id}
        minWidth={MIN_WIDTH}
        sort={{
          current: sort,
          onChange: (next) => {
            list.restart();
            setSort(next);
          },
        }}
      />
      <div className="b-app-foot">
        <Pager list={list} pageRows={PAGE_ROWS} label={label} one="token" many="tokens" />
      </div>
    </>
  );
}

/** As many as will come, so that nothing moves when they do. */
export function skeletonRows({ live_tokens, ended_tokens = 0 }: ConnectedApp): number {
  return Math.min(Math.max(live_tokens, ended_tokens), PAGE_ROWS, LIVE_TOKENS_CAP);
}

function columnsOf(app: ConnectedApp, everyone: boolean, ended: boolean, mayAct: (row: TokenRow) => boolean): Column<TokenRow>[] {
  return [
    { title: 'Token ID', width: 148, place: 'title', sticky: true, cell: ({ token_id }) => <Identifier id={token_id} what="token ID" /> },
    ...(everyone ? [{ title: 'User', width: 150, cell: ({ user }: TokenRow) => <UserCell user={user} /> }] : []),
    { title: 'Status', width: 116, cell: ({ status }) => <TokenStatusMark status={status} /> },
    { title: 'Created', width: 124, sort: 'created_at', cell: ({ created_at }) => <Time at={created_at} /> },
    { title: 'Last used', width: 124, sort: 'last_used_at', cell: ({ last_used_at }) => <Time at={last_used_at} /> },
    ended
      ? { title: 'Ended', width: 124, cell: ({ ended_at }) => <Time at={ended_at} never="—" /> }
      : { title: 'Expires', width: 124, sort: 'expires_at', cell: ({ expires_at }) => <Time at={expires_at} /> },
    { title: 'Permissions', cell: (row) => <PermissionsCell row={row} ended={ended} /> },
    ...(ended
      ? []
      : [
          {
            title: 'Actions',
            hidden: true,
            width: 104,
            place: 'corner' as const,
            cell: (row: TokenRow) => <TokenActions app={app} row={row} mayAct={mayAct(row)} />,
          },
        ]),
  ];
}

function TokenActions({ app, row, mayAct }: { app: ConnectedApp; row: TokenRow; mayAct: boolean }) {
  const [dialog, open] = useState<'narrow' | 'revoke' | null>(null);
  const navigate = useNavigate();
  const { token_id } = row;
  const revoke = useRevoke<TokenRow>({
    path: `/tokens/${token_id}`,
    list: ['tokens', app.client_id],
    isGone: (each) => each.token_id === token_id,
    receipt: () => ({ title: 'Token revoked', facts: factsOf(app, row) }),
  });
  const question = { client_id: app.client_id, user_id: row.user.id, token_id };
  const explain = () => void navigate({ to: '/security/effective-access', search: question });
  return (
    <>
      <RowActions
        name={`token ${token_id}`}
        actions={[
          { label: `Explain token ${token_id}`, short: 'Explain', icon: IconListSearch, onClick: explain },
          mayAct ? { label: `Narrow token ${token_id}`, short: 'Narrow', icon: IconFilterMinus, onClick: () => open('narrow') } : null,
          mayAct
            ? { label: `Revoke token ${token_id}`, short: 'Revoke', icon: IconXboxX, danger: true, onClick: () => open('revoke') }
            : null,
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

function factsOf({ client_name }: ConnectedApp, { token_id, user, scope, teams }: TokenRow) {
  return [
    ['App', client_name],
    ['Token ID', shorten(token_id)],
    ['For', user.name],
    ['It had', accessText(scope, teams)],
  ] as const;
}
