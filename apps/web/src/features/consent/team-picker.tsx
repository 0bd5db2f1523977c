import type { AuthorizationRequestDetails, SelectableTeam } from '@behalf/domain';
import { Checkbox, Radio } from '@mantine/core';

interface Props {
  request: AuthorizationRequestDetails;
  team_ids: string[];
  onChange: (team_ids: string[]) => void;
}

/** One team, or some: as the client asks for. */
export function TeamPicker({ request, team_ids, onChange }: Props) {
  const { selectable_teams: teams, team_selection } = request;
  const several = new Set(teams.map(({ organization_id }) => organization_id)).size > 1;
  const label = (team: SelectableTeam) => (several ? `${team.name} (${team.organization_name})` : team.name);
  const single = team_selection === 'single';
  return (
    <section>
      <fieldset className="b-teams" role={single ? 'radiogroup' : 'group'} aria-labelledby="choose-teams">
        <legend id="choose-teams">{single ? 'Choose a team' : 'Choose teams'}</legend>
        <div className="b-team-rows">
          {!single && (
            <div className="b-team-row" data-all>
              <Checkbox
                label="Select all"
                checked={team_ids.length === teams.length}
                indeterminate={team_ids.length > 0 && team_ids.length < teams.length}
                onChange={(event) => onChange(event.currentTarget.checked ? teams.map(({ id }) => id) : [])}
              />
              <span className="b-faint">
                {team_ids.length} of {teams.length}
              </span>
            </div>
          )}
          {teams.map((team) => (
            <div className="b-team-row" key={team.id}>
              {single ? (
                <Radio name="team" value={team.id} label={label(team)} checked={team_ids.includes(team.id)} onChange={() => onChange([team.id])} />
              ) : (
                <Checkbox
                  label={label(team)}
                  checked={team_ids.includes(team.id)}
                  onChange={(event) =>
                    onChange(event.currentTarget.checked ? [...team_ids, team.id] : team_ids.filter((id) => id !== team.id))
                  }
                />
              )}
            </div>
          ))}
        </div>
      </fieldset>
    </section>
  );
}
