import type { UserStatus } from '@behalf/domain';
import { Button, Tabs } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { usersQuery } from '../../lib/resources.js';
import { useRows } from '../../lib/use-rows.js';
import { usePermission } from '../../lib/use-session.js';
import { ListFoot } from '../../ui/list-foot.js';
import { PageHead } from '../../ui/page.js';
import { SearchField } from '../../ui/search-field.js';
import { Select } from '../../ui/select.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { InviteDialog } from './invite-dialog.js';
import { TeamList } from './team-list.js';
import { UserDrawer } from './user-drawer.js';
import { UsersTable } from './users-table.js';
import './users.css';

const route = getRouteApi('/shell/settings/users');

/** The people of the organization, and its teams. */
export function UsersPage() {
  const { tab = 'users', user_id } = route.useSearch();
  const navigate = useNavigate({ from: '/settings/users' });
  const manage = usePermission('USER_MANAGE');
  const show = (next: string | null) => void navigate({ to: '.', search: next === 'teams' ? { tab: next } : {}, replace: true });
  return (
    <>
      <PageHead
        title="Users & teams"
        text="Who belongs here and what they may do. A change acts on the tokens they authorized at once."
        action={manage && <InviteButton />}
      />
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="users">Users</Tabs.Tab>
          <Tabs.Tab value="teams">Teams</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="users">
          <UserList manage={manage} />
        </Tabs.Panel>
        <Tabs.Panel value="teams">
          <TeamList />
        </Tabs.Panel>
      </Tabs>
      {user_id !== undefined && (
        <UserDrawer
          key={user_id}
          user_id={user_id}
          onClose={() => void navigate({ to: '.', search: ({ user_id: _closed, ...search }) => search })}
        />
      )}
    </>
  );
}

function InviteButton() {
  const [opened, open] = useState(false);
  return (
    <>
      <Button leftSection={<IconPlus size={15} stroke={1.6} />} onClick={() => open(true)}>
        Invite user
      </Button>
      {opened && <InviteDialog onClose={() => open(false)} />}
    </>
  );
}

function UserList({ manage }: { manage: boolean }) {
  const { search, status } = route.useSearch();
  const navigate = useNavigate({ from: '/settings/users' });
  const list = useRows(usersQuery({ search, status }));
  const isEmpty = list.rows?.length === 0;
  return (
    <>
      <UserFilters />
      {list.error && <ErrorState what="The users" error={list.error} onRetry={list.retry} />}
      {isEmpty && (
        <EmptyState
          icon={<IconSearch size={20} stroke={1.6} />}
          title="No user matches"
          text="Try another name or address, or another status."
          action={
            <Button variant="default" onClick={() => void navigate({ to: '.', search: {} })}>
              Clear filters
            </Button>
          }
        />
      )}
      {!list.error && !isEmpty && <UsersTable rows={list.rows} manage={manage} />}
      {!isEmpty && <ListFoot list={list} one="user" many="users" />}
    </>
  );
}

const STATUSES: { value: UserStatus; label: string }[] = [
  { value: 'active', label: 'Active' },
  { value: 'disabled', label: 'Disabled' },
];

function UserFilters() {
  const { search = '', status = null } = route.useSearch();
  const navigate = useNavigate({ from: '/settings/users' });
  const change = (changed: ReturnType<typeof route.useSearch>) =>
    void navigate({
      to: '.',
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value)),
      replace: true,
    });
  return (
    <div className="b-toolbar b-filter-bar b-below-tabs">
      <SearchField placeholder="Search name or email" value={search} onChange={(value) => change({ search: value })} />
      <Select
        aria-label="Status"
        placeholder="Status"
        size="sm"
        clearable
        data={STATUSES}
        value={status}
        onChange={(value) => change({ status: value ?? undefined })}
      />
    </div>
  );
}
