import type { UiSession } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceLaptop, IconDeviceMobile, IconXboxX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { plural } from '../../lib/format.js';
import type { Rows } from '../../lib/use-rows.js';
import { usePermission, useSession } from '../../lib/use-session.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { Identifier } from '../../ui/identifier.js';
import { ListFoot } from '../../ui/list-foot.js';
import { RowActions } from '../../ui/row-actions.js';
import { ErrorState } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import type { Shown } from './active-sessions-page.js';
import { RevokeDialog } from './revoke-dialog.js';
import { useRevoke } from './use-revoke.js';
import './sessions.css';

const MIN_WIDTH = 1100;
const UNKNOWN = 'Unknown';

interface Props {
  readonly list: Rows<UiSession>;
  readonly show: Shown['show'];
  readonly switcher: ReactNode;
}

/** Browsers that are signed in. */
export function UiSessions({ list, show, switcher }: Props) {
  const { user } = useSession();
  const mayEndAll = usePermission('SESSION_MANAGE');
  return (
    <>
      <div className="b-toolbar b-session-bar">
        <span role="status">{list.total && plural(list.total.total, 'browser session', 'browser sessions')}</span>
        <span className="b-session-actions">
          {switcher}
          {show === 'mine' && <SignOutElsewhere alone={list.total?.total === 1} />}
        </span>
      </div>
      {list.error ? (
        <ErrorState what="The browser sessions" error={list.error} onRetry={list.retry} />
      ) : (
        <Table
          label="browser sessions"
          columns={columnsOf(show, (row) => mayEndAll || row.user.id === user.id)}
          rows={list.rows}
          rowKey={({ session_id }) => session_id}
          minWidth={MIN_WIDTH}
        />
      )}
      {list.hasMore && <ListFoot list={list} one="browser session" many="browser sessions" />}
    </>
  );
}

function columnsOf(show: Shown['show'], mayEnd: (row: UiSession) => boolean): Column<UiSession>[] {
  return [
    { title: 'Session', width: 136, place: 'title', cell: ({ session_id }) => <Identifier id={session_id} what="session ID" /> },
    ...(show === 'organization'
      ? [{ title: 'User', width: 132, cell: ({ user }: UiSession) => <span className="b-strong">{user.name}</span> }]
      : []),
    { title: 'Client', ...(show === 'mine' ? { width: 230 } : {}), cell: (row) => <ClientCell row={row} /> },
    { title: 'Location', ...(show === 'mine' ? {} : { width: 140 }), cell: ({ location }) => location },
    { title: 'Status', width: show === 'mine' ? 136 : 116, cell: (row) => <SessionStatus row={row} /> },
    { title: 'IP address', width: 140, cell: ({ ip_address }) => <span className="b-mono">{ip_address ?? '—'}</span> },
    { title: 'Last active', width: 132, sorted: 'descending', cell: ({ last_active_at }) => <Time at={last_active_at} /> },
    { title: 'Expires', width: 120, cell: ({ expires_at }) => <Time at={expires_at} /> },
    {
      title: 'Actions',
      hidden: true,
      width: 60,
      place: 'corner',
      cell: (row) => !row.current && mayEnd(row) && <SessionActions row={row} />,
    },
  ];
}

const DEVICES: Readonly<Record<string, typeof IconDeviceMobile>> = {
  mobile: IconDeviceMobile,
  tablet: IconDeviceMobile,
  desktop: IconDeviceLaptop,
};

function ClientCell({ row: { client } }: { row: UiSession }) {
  const Icon = DEVICES[client.device] ?? IconDeviceDesktop;
  return (
    <span className="b-inline b-client-cell">
      <Icon size={15} stroke={1.6} aria-hidden="true" />
      <span className="b-strong" title={clientText(client)}>
        {clientText(client)}
      </span>
    </span>
  );
}

/** 'Chrome 141 on macOS'; what is not known is left out. */
function clientText({ browser, os }: UiSession['client']): string {
  const known = [browser, os].filter((each) => each !== UNKNOWN);
  return known.join(' on ') || 'Unknown browser';
}

function SessionStatus({ row: { current, status } }: { row: UiSession }) {
  if (current) return <span className="b-badge b-badge-accent">This session</span>;
  const active = status === 'active';
  return (
    <span className={active ? 'b-inline b-status-mark b-green' : 'b-inline b-status-mark'}>
      <span className="b-dot" data-idle={!active || undefined} aria-hidden="true" />
      {active ? 'Active' : 'Idle'}
    </span>
  );
}

const SIGNED_OUT = 'It is signed out on its next request.';

function SessionActions({ row }: { row: UiSession }) {
  const [asking, ask] = useState(false);
  const { session_id, client } = row;
  const revoke = useRevoke<UiSession>({
    path: `/ui-sessions/${session_id}`,
    list: ['ui-sessions'],
    isGone: (each) => each.session_id === session_id,
    receipt: () => ({
      title: 'Browser session ended',
      facts: [
        ['For', row.user.name],
        ['Browser', clientText(client)],
        ['From', [row.location, row.ip_address].filter(Boolean).join(', ')],
      ],
    }),
  });
  return (
    <>
      <RowActions
        name={`session ${session_id}`}
        actions={[{ label: `Revoke session ${session_id}`, short: 'Revoke', icon: IconXboxX, danger: true, onClick: () => ask(true) }]}
      />
      {asking && (
        <RevokeDialog
          what={`${row.user.name}, ${clientText(client)}.`}
          then={SIGNED_OUT}
          onClose={() => ask(false)}
          onRevoke={() => {
            ask(false);
            revoke.run();
          }}
        />
      )}
    </>
  );
}

/** Ends every browser session of mine but this one. */
function SignOutElsewhere({ alone }: { alone: boolean }) {
  const [asking, ask] = useState(false);
  const { user } = useSession();
  const revoke = useRevoke<UiSession, { revoked: number }>({
    path: '/ui-sessions',
    list: ['ui-sessions'],
    isGone: ({ current }) => !current,
    receipt: ({ revoked }) => ({
      title: `${plural(revoked, 'other browser', 'other browsers')} signed out`,
      facts: [
        ['For', user.name],
        ['Kept', 'This browser, and connected apps'],
      ],
    }),
  });
  return (
    <>
      <Button variant="default" className="b-destroy" disabled={alone} onClick={() => ask(true)}>
        Sign out everywhere else
      </Button>
      {asking && (
        <ConfirmDialog
          title="Sign out everywhere else"
          text="Every other browser of yours is signed out on its next request. Connected apps keep their access."
          action="Sign out"
          onClose={() => ask(false)}
          onConfirm={() => {
            ask(false);
            revoke.run();
          }}
        />
      )}
    </>
  );
}
