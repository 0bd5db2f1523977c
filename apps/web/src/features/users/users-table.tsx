import type { User } from '@behalf/domain';
import { IconKey, IconPencil, IconUserCheck, IconUserOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { RowActions } from '../../ui/row-actions.js';
import { type Column, Table } from '../../ui/table.js';
import { type AccountAction, AccountDialog } from './account-dialogs.js';
import { useChangePeopleSearch, useOpenDrawer, usePeopleSearch } from './use-people.js';
import { GuestMark, RolesText, useHome, UserStatusMark, YouMark } from './user-marks.js';

const MIN_WIDTH = 860;
const DEFAULT_SORT = 'name';

interface Props {
  readonly rows: readonly User[] | undefined;
  readonly manage: boolean;
}

/** Users with their teams and what they are there. */
export function UsersTable({ rows, manage }: Props) {
  const { sort = DEFAULT_SORT } = usePeopleSearch();
  const changeSearch = useChangePeopleSearch();
  const open = useOpenDrawer();
  return (
    <Table
      label="users"
      columns={columnsOf(manage)}
      rows={rows}
      rowKey={({ id }) => id}
      minWidth={MIN_WIDTH}
      sort={{ current: sort, onChange: (next) => changeSearch({ sort: next === DEFAULT_SORT ? '' : next }) }}
      look={({ id, status }) => ({ muted: status === 'disabled', onOpen: () => open.user(id) })}
      card={(user) => <UserCard user={user} manage={manage} />}
    />
  );
}

function columnsOf(manage: boolean): Column<User>[] {
  const columns: Column<User>[] = [
    { title: 'Name', width: 230, sort: 'name', sticky: true, cell: (user) => <NameCell user={user} /> },
    { title: 'Email', width: 250, sort: 'email', cell: ({ email }) => <span className="b-user-email">{email}</span> },
    { title: 'Status', width: 116, sort: 'status', cell: (user) => <UserStatusMark user={user} /> },
    { title: 'Teams and roles', cell: (user) => <RolesText user={user} /> },
  ];
  if (!manage) return columns;
  return [...columns, { title: 'Actions', hidden: true, width: 100, cell: (user) => <UserActions user={user} /> }];
}

function NameCell({ user }: { user: User }) {
  return (
    <span className="b-user-name">
      <UserLink user={user} />
      <YouMark user={user} />
      <GuestMark user={user} />
    </span>
  );
}

function UserLink({ user: { id, name } }: { user: User }) {
  return (
    <Link className="b-name" from="/settings/users" to="/settings/users/$user_id" params={{ user_id: id }} search={(search) => search}>
      {name}
    </Link>
  );
}

/** A user on a narrow screen. */
function UserCard({ user, manage }: { user: User; manage: boolean }) {
  return (
    <>
      <div className="b-card-head">
        <div className="b-card-title">
          <NameCell user={user} />
        </div>
        <UserStatusMark user={user} />
        {manage && <UserActions user={user} menu />}
      </div>
      <div className="b-card-line">{user.email}</div>
      <div className="b-card-line b-user-roles">
        <RolesText user={user} />
      </div>
    </>
  );
}

function UserActions({ user, menu = false }: { user: User; menu?: boolean }) {
  const [action, ask] = useState<AccountAction | null>(null);
  const open = useOpenDrawer();
  const home = useHome(user);
  const disabled = user.status === 'disabled';
  const short = user.has_password ? 'Reset password' : 'New invitation link';
  const reset = { label: `${short} of ${user.name}`, short, icon: IconKey, onClick: () => ask('reset') };
  const enable = { label: `Enable ${user.name}`, short: 'Enable', icon: IconUserCheck, onClick: () => ask('enable') };
  const disable = { label: `Disable ${user.name}`, short: 'Disable', icon: IconUserOff, danger: true, onClick: () => ask('disable') };
  return (
    <>
      <RowActions
        name={user.name}
        menu={menu}
        actions={[
          { label: `Edit ${user.name}`, short: 'Edit', icon: IconPencil, onClick: () => open.user(user.id) },
          home.isHere && !disabled ? reset : null,
          home.isHere ? (disabled ? enable : disable) : null,
        ]}
      />
      {action && <AccountDialog action={action} user={user} onClose={() => ask(null)} />}
    </>
  );
}
