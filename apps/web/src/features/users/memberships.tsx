import { type Member, type Role, type User } from '@behalf/domain';
import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { usePermission } from '../../lib/use-session.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { Note } from '../../ui/note.js';
import { Select } from '../../ui/select.js';
import { toast, toastFailure } from '../../ui/toast.js';
import { UserImpactNote } from './disable-dialog.js';
import { RoleSelect } from './role-select.js';
import { useRefreshUsers } from './use-change-user.js';
import { useOrganizationTeams } from './use-organization-teams.js';

type Membership = User['teams'][number];

const memberPath = (team_id: string, user_id: string) => `/teams/${encodeURIComponent(team_id)}/members/${encodeURIComponent(user_id)}`;

/** What a user is in each team of the organization. */
export function Memberships({ user }: { user: User }) {
  const manage = usePermission('TEAM_MANAGE');
  return (
    <fieldset className="b-drawer-section b-memberships-edit">
      <legend>Teams and roles</legend>
      <Note tone="info">A change acts at once, on the tokens that {user.name} authorized too.</Note>
      {user.teams.map((team) => (
        <MembershipRow key={team.id} user={user} team={team} manage={manage} />
      ))}
      {!user.teams.length && <p className="b-help">In no team of this organization.</p>}
      {manage && <AddMembership user={user} />}
    </fieldset>
  );
}

/** What a user is in one team; both the role and the way out act at once. */
function MembershipRow({ user, team, manage }: { user: User; team: Membership; manage: boolean }) {
  const [asking, ask] = useState(false);
  const give = useGiveRole(user);
  const leave = useLeave(user, team, () => ask(false));
  return (
    <div className="b-membership">
      <span className="b-membership-team">{team.name}</span>
      <RoleSelect
        aria-label={`Role in ${team.name}`}
        value={team.role}
        disabled={!manage || give.pending}
        onChange={(role) => give.run({ team_id: team.id, team_name: team.name, role })}
      />
      {manage && (
        <ActionIcon size={32} aria-label={`Remove from ${team.name}`} onClick={() => ask(true)}>
          <IconX size={16} stroke={1.6} />
        </ActionIcon>
      )}
      {asking && (
        <ConfirmDialog
          title="Remove from team"
          text={`${user.name} leaves ${team.name}. Tokens that ${user.name} authorized cannot act on it any more.`}
          action="Remove"
          pending={leave.pending}
          onConfirm={() => leave.run()}
          onClose={() => ask(false)}
        >
          <UserImpactNote user_id={user.id} team_id={team.id} />
        </ConfirmDialog>
      )}
    </div>
  );
}

/** A team to add, with a role in it. */
function AddMembership({ user }: { user: User }) {
  const teams = useOrganizationTeams().filter(({ id }) => !user.teams.some((team) => team.id === id));
  const [team_id, choose] = useState<string | null>(null);
  const [role, setRole] = useState<Role>('standard_user');
  const give = useGiveRole(user);
  const team = teams.find(({ id }) => id === team_id);
  if (!teams.length) return null;
  return (
    <div className="b-membership">
      <Select
        aria-label="Team to add"
        placeholder="Add to a team"
        searchable
        data={teams.map(({ id, name }) => ({ value: id, label: name }))}
        value={team_id}
        onChange={choose}
      />
      <RoleSelect aria-label="Role in the team to add" value={role} onChange={setRole} />
      <Button
        variant="default"
        leftSection={<IconPlus size={15} stroke={1.6} />}
        disabled={!team}
        loading={give.pending}
        onClick={() => {
          if (team) give.run({ team_id: team.id, team_name: team.name, role });
          choose(null);
        }}
      >
        Add
      </Button>
    </div>
  );
}

function useGiveRole(user: User) {
  const refresh = useRefreshUsers();
  return useAction({
    mutationFn: ({ team_id, role }: { team_id: string; team_name: string; role: Role }) =>
      api<Member>('PUT', memberPath(team_id, user.id), { role }),
    onSuccess: async (_member, { team_name }) => {
      toast(`The role of ${user.name} in ${team_name} was saved`);
      await refresh();
    },
    onError: (error) => toastFailure('The role was not changed', error),
  });
}

function useLeave(user: User, team: Membership, onDone: () => void) {
  const refresh = useRefreshUsers();
  return useAction({
    mutationFn: () => api<void>('DELETE', memberPath(team.id, user.id)),
    onSuccess: async () => {
      onDone();
      toast(`${user.name} left ${team.name}`);
      await refresh();
    },
    onError: (error) => {
      onDone();
      toastFailure(`${user.name} was not removed`, error);
    },
  });
}
