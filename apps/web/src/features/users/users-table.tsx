import { ROLES, type User } from '@behalf/domain';
import { Tooltip } from '@mantine/core';
import { IconKey, IconPencil, IconUserCheck, IconUserOff } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { RowActions } from '../../ui/row-actions.js';
import { type Column, Table } from '../../ui/table.js';
import { DisableDialog } from './disable-dialog.js';
import { ResetDialog } from './reset-dialog.js';
import { useChangeUser } from './use-change-user.js';

const MIN_WIDTH = 800;

/** Users with their teams and what they are there. */
export function UsersTable({ rows, manage }: { rows: readonly User[] | undefined; manage: boolean }) {
  const navigate = useNavigate({ from: '/settings/users' });
  const columns: Column<User>[] = [
    { title: 'Name', width: 280, place: 'title', sticky: true, cell: (user) => <NameCell user={user} /> },
    { title: 'Status', width: 120, cell: ({ status }) => <UserStatusMark status={status} /> },
    { title: 'Teams', cell: (user) => <TeamsCell user={user} /> },
    ...(manage
      ? [{ title: 'Actions', hidden: true, width: 110, place: 'corner' as const, cell: (user: User) => <UserActions user={user} /> }]
      : []),
  ];
  return (
    <Table
      label="users"
      columns={columns}
      rows={rows}
      rowKey={({ id }) => id}
      minWidth={MIN_WIDTH}
      look={({ id, status }) => ({
        muted: status === 'disabled',
        onOpen: () => void navigate({ to: '.', search: (search) => ({ ...search, user_id: id }) }),
      })}
    />
  );
}

function NameCell({ user: { id, name, email } }: { user: User }) {
  return (
    <>
      <Link className="b-name" from="/settings/users" to="." search={(search) => ({ ...search, user_id: id })}>
        {name}
      </Link>
      <span className="b-mark b-faint b-user-email">{email}</span>
    </>
  );
}

function UserStatusMark({ status }: { status: User['status'] }) {
  const active = status === 'active';
  return (
    <span className={active ? 'b-inline b-green' : 'b-inline b-faint'}>
      {active ? <IconUserCheck size={14} stroke={1.6} aria-hidden="true" /> : <IconUserOff size={14} stroke={1.6} aria-hidden="true" />}
      {active ? 'Active' : 'Disabled'}
    </span>
  );
}

const TEAMS_SHOWN = 3;

function TeamsCell({ user: { teams } }: { user: User }) {
  if (!teams.length) return <span className="b-faint">No team here</span>;
  const more = teams.slice(TEAMS_SHOWN);
  return (
    <span className="b-memberships">
      {teams.slice(0, TEAMS_SHOWN).map(({ id, name, role }) => (
        <span key={id} className="b-badge">
          <span className="b-strong">{name}</span> {ROLES[role].name}
        </span>
      ))}
      {more.length > 0 && (
        <Tooltip label={more.map(({ name, role }) => `${name}: ${ROLES[role].name}`).join(', ')}>
          <span className="b-mark" tabIndex={0}>
            +{more.length}
          </span>
        </Tooltip>
      )}
    </span>
  );
}

function UserActions({ user }: { user: User }) {
  const [dialog, open] = useState<'disable' | 'reset' | null>(null);
  const navigate = useNavigate({ from: '/settings/users' });
  const change = useChangeUser(user);
  const disabled = user.status === 'disabled';
  return (
    <>
      <RowActions
        name={user.name}
        actions={[
          {
            label: `Edit ${user.name}`,
            short: 'Edit',
            icon: IconPencil,
            onClick: () => void navigate({ to: '.', search: (search) => ({ ...search, user_id: user.id }) }),
          },
          { label: `Reset password of ${user.name}`, short: 'Reset password', icon: IconKey, onClick: () => open('reset') },
          disabled
            ? { label: `Enable ${user.name}`, short: 'Enable', icon: IconUserCheck, onClick: () => change.run({ status: 'active' }) }
            : { label: `Disable ${user.name}`, short: 'Disable', icon: IconUserOff, danger: true, onClick: () => open('disable') },
        ]}
      />
      {dialog === 'disable' && (
        <DisableDialog
          user={user}
          onClose={() => open(null)}
          onDisable={() => {
            open(null);
            change.run({ status: 'disabled' });
          }}
        />
      )}
      {dialog === 'reset' && <ResetDialog user={user} onClose={() => open(null)} />}
    </>
  );
}
