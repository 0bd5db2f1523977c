import { ROLES, type Role, type User } from '@behalf/domain';
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { usePermission } from '../../lib/use-session.js';
import { Select } from '../../ui/select.js';
import { type MemberChange, MemberDialog } from './member-dialogs.js';
import { RoleSelect } from './role-select.js';
import { useOrganizationTeams } from './use-people.js';

/** What a user is in each team of the organization; every change asks first. */
export function Memberships({ user, onAsk }: { user: User; onAsk: (asking: boolean) => void }) {
  const manage = usePermission('TEAM_MANAGE');
  const [change, setChange] = useState<MemberChange | null>(null);
  const ask = (next: MemberChange | null) => {
    setChange(next);
    onAsk(next !== null);
  };
  return (
    <fieldset className="b-people-section">
      <legend>Teams and roles</legend>
      <p className="b-people-text">
        What {user.name} may do, team by team.{manage && ` A change acts at once, on the tokens that ${user.name} authorized too.`}
      </p>
      {user.teams.length > 0 ? (
        <ul className="b-people-list">
          {user.teams.map((team) => (
            <li key={team.id}>
              <span className="b-people-who">{team.name}</span>
              {manage ? (
                <Controls user={user} team={team} onChange={ask} />
              ) : (
                <span className="b-people-role">{ROLES[team.role].name}</span>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p className="b-people-none">In no team of this organization.</p>
      )}
      {manage && <AddMembership key={user.teams.length} user={user} onChange={ask} />}
      {change && <MemberDialog change={change} onClose={() => ask(null)} />}
    </fieldset>
  );
}

interface ChangeProps {
  readonly user: User;
  readonly onChange: (change: MemberChange) => void;
}

function Controls({ user, team, onChange }: ChangeProps & { team: User['teams'][number] }) {
  return (
    <>
      <RoleSelect
        aria-label={`Role in ${team.name}`}
        className="b-people-role"
        value={team.role}
        onChange={(after) => after !== team.role && onChange({ user, team, before: team.role, after })}
      />
      <ActionIcon
        size={28}
        aria-label={`Remove from ${team.name}`}
        className="b-people-remove"
        onClick={() => onChange({ user, team, before: team.role, after: null })}
      >
        <IconX size={16} stroke={1.6} />
      </ActionIcon>
    </>
  );
}

/** A team to add, with the role in it. */
function AddMembership({ user, onChange }: ChangeProps) {
  const teams = useOrganizationTeams().filter(({ id }) => !user.teams.some((team) => team.id === id));
  const [team_id, choose] = useState<string | null>(null);
  const [role, setRole] = useState<Role>('standard_user');
  const team = teams.find(({ id }) => id === team_id);
  if (!teams.length) return null;
  return (
    <div className="b-people-add">
      <Select
        aria-label="Team to add"
        placeholder="Add to a team"
        searchable
        data={teams.map(({ id, name }) => ({ value: id, label: name }))}
        value={team_id}
        onChange={choose}
      />
      <RoleSelect aria-label="Role in the team to add" className="b-people-role" value={role} onChange={setRole} />
      <Button
        variant="default"
        leftSection={<IconPlus size={15} stroke={1.6} />}
        disabled={!team}
        onClick={() => team && onChange({ user, team, before: null, after: role })}
      >
        Add
      </Button>
    </div>
  );
}
