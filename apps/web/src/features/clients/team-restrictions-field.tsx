import type { TeamRestrictions } from '@behalf/domain';
import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { organizationsQuery, teamsQuery } from '../../lib/resources.js';

interface Props {
  readonly value: TeamRestrictions;
  readonly onChange: (value: TeamRestrictions) => void;
  readonly error: string | undefined;
}

const ORGANIZATION = 'organization:';
const TEAM = 'team:';

/** Organizations and teams that the client is restricted to; empty means every team of its own organization. */
export function TeamRestrictionsField({ value, onChange, error }: Props) {
  const organizations = useQuery(organizationsQuery);
  const teams = useQuery(teamsQuery);
  const known = new Set([...(organizations.data ?? []), ...(teams.data ?? [])].map(({ id }) => id));
  // What this administrator may not see is kept and counted, not named.
  const others = [...value.team_ids, ...value.organization_ids].filter((id) => !known.has(id));
  const groups = (organizations.data ?? []).map((organization) => ({
    group: organization.name,
    items: [
      { value: ORGANIZATION + organization.id, label: `${organization.name}: all teams` },
      ...(teams.data ?? [])
        .filter(({ organization_id }) => organization_id === organization.id)
        .map((team) => ({ value: TEAM + team.id, label: team.name })),
    ],
  }));
  const chosen = [
    ...value.organization_ids.filter((id) => known.has(id)).map((id) => ORGANIZATION + id),
    ...value.team_ids.filter((id) => known.has(id)).map((id) => TEAM + id),
  ];
  const ids = (values: readonly string[], prefix: string) => values.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
  return (
    <div data-pointer="/team_restrictions">
      <MultiSelect
        label="Team restrictions"
        description="An organization covers every team under it, including teams added later."
        placeholder={chosen.length || others.length ? undefined : 'All teams in your organization'}
        data={groups}
        value={chosen}
        searchable
        clearable
        hidePickedOptions
        nothingFoundMessage="No team or organization matches"
        error={error ?? (teams.isError || organizations.isError ? 'The teams could not be loaded.' : undefined)}
        onChange={(values) =>
          onChange({
            organization_ids: [...value.organization_ids.filter((id) => !known.has(id)), ...ids(values, ORGANIZATION)],
            team_ids: [...value.team_ids.filter((id) => !known.has(id)), ...ids(values, TEAM)],
          })
        }
      />
      {others.length > 0 && (
        <p className="b-section-text" style={{ marginTop: 6 }}>
          and {others.length} {others.length === 1 ? 'other' : 'others'}
        </p>
      )}
    </div>
  );
}
