import type { AuthorizationRequestDetails, SelectableTeam } from '@behalf/domain';
import { Checkbox, Radio } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface Props {
  readonly request: AuthorizationRequestDetails;
  readonly team_ids: readonly string[];
  readonly onChange: (team_ids: string[]) => void;
}

/** One team, or some: as the client asks for. */
export function TeamPicker(props: Props) {
  const single = props.request.team_selection === 'single';
  const id = useId();
  return (
    <section>
      <div role={single ? 'radiogroup' : 'group'} aria-labelledby={id}>
        <h2 id={id} className="b-consent-title">
          {single ? 'Choose a team' : 'Choose teams'}
        </h2>
        <div className="b-team-rows">{single ? <OneTeam {...props} /> : <SomeTeams {...props} />}</div>
      </div>
    </section>
  );
}

function OneTeam({ request, team_ids, onChange }: Props) {
  return request.selectable_teams.map((team) => (
    <div className="b-team-row" key={team.id}>
      <Radio
        name="team"
        value={team.id}
        label={teamLabel(team, request)}
        checked={team_ids.includes(team.id)}
        onChange={() => onChange([team.id])}
      />
    </div>
  ));
}

function SomeTeams({ request, team_ids, onChange }: Props) {
  const { selectable_teams: teams } = request;
  const all = team_ids.length === teams.length;
  return (
    <>
      <div className="b-team-row" data-all>
        <Checkbox
          label="Select all"
          checked={all}
          indeterminate={team_ids.length > 0 && !all}
          onChange={() => onChange(all ? [] : teams.map(({ id }) => id))}
        />
        <span>
          {team_ids.length} of {teams.length}
        </span>
      </div>
      {teams.map((team) => (
        <div className="b-team-row" key={team.id}>
          <Checkbox
            label={teamLabel(team, request)}
            checked={team_ids.includes(team.id)}
            onChange={({ currentTarget }) =>
              onChange(currentTarget.checked ? [...team_ids, team.id] : team_ids.filter((id) => id !== team.id))
            }
          />
        </div>
      ))}
    </>
  );
}

/** Teams of several organizations may share a name; each name keeps its own direction. */
function teamLabel(team: SelectableTeam, { selectable_teams }: AuthorizationRequestDetails): ReactNode {
  const several = new Set(selectable_teams.map(({ organization_id }) => organization_id)).size > 1;
  return (
    <>
      <bdi>{team.name}</bdi>
      {several && (
        <>
          {' '}
          (<bdi>{team.organization_name}</bdi>)
        </>
      )}
    </>
  );
}
