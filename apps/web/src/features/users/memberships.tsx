import { ROLES, type Role, type User } from '@behalf/domain';
import { useState } from 'react';
import { usePermission } from '../../lib/use-session.js';
import { Select } from '../../ui/select.js';
import { AddControls, MemberControls } from './member-controls.js';
import { type MemberChange, MemberDialog } from './member-dialogs.js';
import { useOrganizationTeams } from './use-people.js';

/** What a user is in each team of the organization; every change asks first. */
export function Memberships({ user }: { user: User }) {
  const manage = usePermission('TEAM_MANAGE');
  const [change, ask] = useState<MemberChange | null>(null);
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
                <MemberControls
                  role={team.role}
                  roleLabel={`Role in ${team.name}`}
                  removeLabel={`Remove from ${team.name}`}
                  onChange={(after) => ask({ user, team, before: team.role, after })}
                />
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

/** A team to add, with the role in it. */
function AddMembership({ user, onChange }: { user: User; onChange: (change: MemberChange) => void }) {
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
      <AddControls
        role={role}
        roleLabel="Role in the team to add"
        onRole={setRole}
        onAdd={team ? () => onChange({ user, team, before: null, after: role }) : undefined}
      />
    </div>
  );
}
