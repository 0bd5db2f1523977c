import type { UserStatus } from '@behalf/domain';
import { Button, Tabs } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { teamsPageQuery, usersQuery } from '../../lib/resources.js';
import { useRows } from '../../lib/use-rows.js';
import { usePermission, useSession } from '../../lib/use-session.js';
import { ListFoot } from '../../ui/list-foot.js';
import { PageHead } from '../../ui/page.js';
import { SearchField } from '../../ui/search-field.js';
import { Select } from '../../ui/select.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { TeamDialog } from './team-dialog.js';
import { TeamList } from './team-list.js';
import { useChangePeopleSearch, usePeopleSearch, usePeopleTab } from './use-people.js';
import { UsersTable } from './users-table.js';
import './users.css';

/** The people of the organization, and its teams. */
export function UsersPage() {
  const tab = usePeopleTab();
  const navigate = useNavigate({ from: '/settings/users' });
  const show = (next: string | null) => void navigate({ to: '/settings/users', search: next === 'teams' ? { tab: next } : {} });
  return (
    <>
      <PageHead
        title="Users & teams"
        text="Who belongs here and what they may do. A change acts on the tokens they authorized at once."
        action={tab === 'teams' ? <CreateTeamButton /> : <InviteButton />}
      />
      <Tabs value={tab} onChange={show} keepMounted={false}>
        <PeopleTabs />
        <Tabs.Panel value="users">
          <UserList />
        </Tabs.Panel>
        <Tabs.Panel value="teams">
          <TeamList />
        </Tabs.Panel>
      </Tabs>
      <Outlet />
    </>
  );
}

/** How many there are in all, whatever the lists are narrowed to. */
function PeopleTabs() {
  const { organization } = useSession();
  const users = useRows(usersQuery({}));
  const teams = useRows(teamsPageQuery({ organization_id: organization.id }));
  return (
    <Tabs.List>
      {[
        { value: 'users', label: 'Users', total: users.total?.total },
        { value: 'teams', label: 'Teams', total: teams.total?.total },
      ].map(({ value, label, total }) => (
        <Tabs.Tab key={value} value={value} aria-label={label}>
          {label} <span className="b-tab-count">{total}</span>
        </Tabs.Tab>
      ))}
    </Tabs.List>
  );
}

function InviteButton() {
  const navigate = useNavigate({ from: '/settings/users' });
  if (!usePermission('USER_MANAGE')) return null;
  return (
    <Button
      leftSection={<IconPlus size={15} stroke={1.6} />}
      onClick={() => void navigate({ to: '/settings/users/invite', search: (search) => search, resetScroll: false })}
    >
      Invite user
    </Button>
  );
}

function CreateTeamButton() {
  const [opened, open] = useState(false);
  if (!usePermission('TEAM_MANAGE')) return null;
  return (
    <>
      <Button leftSection={<IconPlus size={15} stroke={1.6} />} onClick={() => open(true)}>
        Create team
      </Button>
      {opened && <TeamDialog team={null} onClose={() => open(false)} />}
    </>
  );
}

function UserList() {
  // Named one by one: the tab is not the list's.
  const { search, status, sort } = usePeopleSearch();
  const manage = usePermission('USER_MANAGE');
  const changeSearch = useChangePeopleSearch();
  const list = useRows(usersQuery({ search, status, sort }));
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
            <Button variant="default" onClick={() => changeSearch({ search: '', status: undefined })}>
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
  const { search = '', status = null } = usePeopleSearch();
  const changeSearch = useChangePeopleSearch();
  return (
    <div className="b-toolbar b-filter-bar b-below-tabs">
      <SearchField placeholder="Search name or email" value={search} onChange={(value) => changeSearch({ search: value })} />
      <Select
        className="b-user-filter"
        aria-label="Status"
        placeholder="Status"
        size="sm"
        clearable
        data={STATUSES}
        value={status}
        onChange={(value) => changeSearch({ status: value ?? undefined })}
      />
    </div>
  );
}
