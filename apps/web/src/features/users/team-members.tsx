import { type Member, ROLES, type Role, type Team, type User } from '@behalf/domain';
import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { membersQuery, userOptionsQuery } from '../../lib/resources.js';
import { useRows } from '../../lib/use-rows.js';
import { usePermission } from '../../lib/use-session.js';
import { ListFoot } from '../../ui/list-foot.js';
import { SearchField } from '../../ui/search-field.js';
import { Select } from '../../ui/select.js';
import { ErrorState } from '../../ui/states.js';
import { AddControls, MemberControls } from './member-controls.js';
import { type MemberChange, MemberDialog } from './member-dialogs.js';

/** Who is in a team, as what; every change asks first. */
export function TeamMembers({ team }: { team: Team }) {
  const manage = usePermission('TEAM_MANAGE');
  const [search, setSearch] = useState('');
  const list = useRows(membersQuery(team.id, { search: search || undefined }));
  const [change, ask] = useState<MemberChange | null>(null);
  return (
    <fieldset className="b-people-section">
      <legend>Members</legend>
      {manage && <p className="b-people-text">A change acts at once, on the tokens that the member authorized too.</p>}
      {manage && <AddMember key={team.members} team={team} onChange={ask} />}
      {team.members > SEARCH_FROM && (
        <SearchField label="Search members" className="" placeholder="Search name or email" value={search} onChange={setSearch} />
      )}
      {list.error && <ErrorState what="The members" error={list.error} onRetry={list.retry} />}
      {list.rows === undefined && !list.error && <Skeleton height={120} />}
      {list.rows?.length === 0 && <p className="b-people-none">{search ? 'No member matches.' : 'Nobody is in this team yet.'}</p>}
      {list.rows && list.rows.length > 0 && (
        <ul className="b-people-list">
          {list.rows.map((member) => (
            <li key={member.user.id}>
              <MemberName member={member} />
              {manage ? (
                <MemberControls
                  role={member.role}
                  roleLabel={`Role of ${member.user.name}`}
                  removeLabel={`Remove ${member.user.name}`}
                  onChange={(after) => ask({ user: member.user, team, before: member.role, after })}
                />
              ) : (
                <span className="b-people-role">{ROLES[member.role].name}</span>
              )}
            </li>
          ))}
        </ul>
      )}
      {list.hasMore && <ListFoot list={list} one="member" many="members" />}
      {change && <MemberDialog change={change} onClose={() => ask(null)} />}
    </fieldset>
  );
}

/** Fewer are found by looking. */
const SEARCH_FROM = 10;

function MemberName({ member: { user } }: { member: Member }) {
  return (
    <span className="b-people-who">
      <Link className="b-name" to="/settings/users/$user_id" params={{ user_id: user.id }}>
        {user.name}
      </Link>
      <span className="b-mark b-faint">{user.email}</span>
    </span>
  );
}

/** Someone of the organization to add; found by the server while one types. */
function AddMember({ team, onChange }: { team: Team; onChange: (change: MemberChange) => void }) {
  const [typed, type] = useState('');
  const [user, choose] = useState<User | null>(null);
  const [role, setRole] = useState<Role>('standard_user');
  const { data = [] } = useQuery(userOptionsQuery(typed === user?.name ? '' : typed, user?.id));
  const options = data.map(({ id, name, email, teams }) => {
    const inside = teams.some((each) => each.id === team.id);
    return { value: id, label: name, disabled: inside, email: inside ? 'in the team already' : email };
  });
  return (
    <div className="b-people-add">
      <Select
        aria-label="User to add"
        placeholder="Add a user"
        searchable
        clearable
        filter={({ options: found }) => found}
        onSearchChange={type}
        data={options}
        value={user?.id ?? null}
        onChange={(id) => choose(data.find((each) => each.id === id) ?? null)}
        nothingFoundMessage="Nobody is called so"
        renderOption={({ option }) => (
          <span className="b-role-option">
            {option.label}
            <span>{options.find(({ value }) => value === option.value)?.email}</span>
          </span>
        )}
      />
      <AddControls
        role={role}
        roleLabel="Role of the user to add"
        onRole={setRole}
        onAdd={user ? () => onChange({ user, team, before: null, after: role }) : undefined}
      />
    </div>
  );
}
