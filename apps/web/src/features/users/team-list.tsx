import type { Team } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconPencil, IconSearch, IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { plural } from '../../lib/format.js';
import { teamsPageQuery } from '../../lib/resources.js';
import { useRows } from '../../lib/use-rows.js';
import { usePermission, useSession } from '../../lib/use-session.js';
import { ListFoot } from '../../ui/list-foot.js';
import { RowActions } from '../../ui/row-actions.js';
import { SearchField } from '../../ui/search-field.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import { TeamDialog } from './team-dialog.js';
import { useChangePeopleSearch, useOpenDrawer, usePeopleSearch } from './use-people.js';

const MIN_WIDTH = 480;
const DEFAULT_SORT = 'name';

/** The teams of the organization. */
export function TeamList() {
  const { organization } = useSession();
  const { search = '', sort = DEFAULT_SORT } = usePeopleSearch();
  const changeSearch = useChangePeopleSearch();
  const manage = usePermission('TEAM_MANAGE');
  const open = useOpenDrawer();
  // An order that only users have is not the teams'.
  const order = sort === '-name' ? sort : DEFAULT_SORT;
  const list = useRows(
    teamsPageQuery({ organization_id: organization.id, search: search || undefined, sort: order === DEFAULT_SORT ? undefined : order }),
  );
  const isEmpty = list.rows?.length === 0;
  return (
    <>
      <div className="b-toolbar b-filter-bar b-below-tabs">
        <SearchField placeholder="Search teams" value={search} onChange={(value) => changeSearch({ search: value })} />
      </div>
      {list.error && <ErrorState what="The teams" error={list.error} onRetry={list.retry} />}
      {isEmpty && <NoTeam searched={search !== ''} />}
      {!list.error && !isEmpty && (
        <Table
          label="teams"
          columns={columnsOf(manage)}
          rows={list.rows}
          rowKey={({ id }) => id}
          minWidth={MIN_WIDTH}
          sort={{ current: order, onChange: (next) => changeSearch({ sort: next === DEFAULT_SORT ? '' : next }) }}
          look={({ id }) => ({ onOpen: () => open.team(id) })}
          card={(team) => <TeamCard team={team} manage={manage} />}
        />
      )}
      {!isEmpty && <ListFoot list={list} one="team" many="teams" />}
    </>
  );
}

function NoTeam({ searched }: { searched: boolean }) {
  const changeSearch = useChangePeopleSearch();
  if (!searched) {
    return (
      <EmptyState
        icon={<IconUsersGroup size={20} stroke={1.6} />}
        title="There is no team yet"
        text="Users get their roles in teams, and clients act on teams."
      />
    );
  }
  return (
    <EmptyState
      icon={<IconSearch size={20} stroke={1.6} />}
      title="No team matches"
      text="Try another name."
      action={
        <Button variant="default" onClick={() => changeSearch({ search: '' })}>
          Clear filters
        </Button>
      }
    />
  );
}

function columnsOf(manage: boolean): Column<Team>[] {
  const columns: Column<Team>[] = [
    { title: 'Name', sort: 'name', cell: (team) => <TeamLink team={team} /> },
    { title: 'Members', width: 180, cell: ({ members }) => <MembersMark members={members} /> },
  ];
  if (!manage) return columns;
  return [...columns, { title: 'Actions', hidden: true, width: 60, cell: (team) => <TeamActions team={team} /> }];
}

function TeamLink({ team: { id, name } }: { team: Team }) {
  return (
    <Link
      className="b-name"
      from="/settings/users"
      to="/settings/users/teams/$team_id"
      params={{ team_id: id }}
      search={(search) => ({ ...search, tab: 'teams' as const })}
    >
      {name}
    </Link>
  );
}

function MembersMark({ members }: { members: number }) {
  return (
    <span className="b-inline">
      <IconUsers size={14} stroke={1.6} aria-hidden="true" /> {plural(members, 'member', 'members')}
    </span>
  );
}

function TeamActions({ team, menu = false }: { team: Team; menu?: boolean }) {
  const [renaming, rename] = useState(false);
  const action = { label: `Rename ${team.name}`, short: 'Rename', icon: IconPencil, onClick: () => rename(true) };
  return (
    <>
      <RowActions name={team.name} menu={menu} actions={[action]} />
      {renaming && <TeamDialog team={team} onClose={() => rename(false)} />}
    </>
  );
}

/** A team on a narrow screen. */
function TeamCard({ team, manage }: { team: Team; manage: boolean }) {
  return (
    <>
      <div className="b-card-head">
        <div className="b-card-title">
          <TeamLink team={team} />
        </div>
        {manage && <TeamActions team={team} menu />}
      </div>
      <div className="b-card-line">
        <MembersMark members={team.members} />
      </div>
    </>
  );
}
