import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { Select } from '../../ui/select.js';
import type { InviteForm } from './invite-drawer.js';
import { RoleSelect } from './role-select.js';
import { useOrganizationTeams } from './use-people.js';

/** The teams that a new user starts in, with a role in each. */
export function InviteTeams({ form }: { form: InviteForm }) {
  const teams = useOrganizationTeams();
  const { memberships } = form.values;
  return (
    <fieldset className="b-people-section">
      <legend>Teams and roles</legend>
      <p className="b-people-text">What the user may do, team by team. It can be changed at any time, and acts at once.</p>
      {memberships.map((membership, place) => (
        // eslint-disable-next-line react/no-array-index-key -- A row has nothing but its place until a team is chosen.
        <div key={place} className="b-people-add">
          <Select
            aria-label={`Team ${place + 1}`}
            placeholder="Choose a team"
            searchable
            data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps(`memberships.${place}.team_id`)}
            value={membership.team_id || null}
            onChange={(team_id) => form.setFieldValue(`memberships.${place}.team_id`, team_id ?? '')}
          />
          <RoleSelect
            aria-label={`Role ${place + 1}`}
            className="b-people-role"
            value={membership.role}
            onChange={(role) => form.setFieldValue(`memberships.${place}.role`, role)}
          />
          <ActionIcon
            size={28}
            aria-label={`Remove team ${place + 1}`}
            className="b-people-remove"
            onClick={() => form.removeListItem('memberships', place)}
          >
            <IconX size={16} stroke={1.6} />
          </ActionIcon>
        </div>
      ))}
      {!memberships.length && <p className="b-people-none">In no team: the user can sign in, and do nothing until added to one.</p>}
      {memberships.length < teams.length && (
        <Button
          variant="default"
          className="b-people-more"
          leftSection={<IconPlus size={15} stroke={1.6} />}
          onClick={() => form.insertListItem('memberships', { team_id: '', role: 'standard_user' })}
        >
          Add team
        </Button>
      )}
    </fieldset>
  );
}
