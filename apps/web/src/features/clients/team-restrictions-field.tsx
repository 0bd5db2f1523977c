import type { TeamRestrictions } from '@behalf/domain';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import { plural } from '../../lib/format.js';
import { organizationsQuery, teamsQuery } from '../../lib/resources.js';
import { MultiSelect } from '../../ui/select.js';
import type { SettingsForm } from './use-settings.js';

const ORGANIZATION = 'organization:';
const TEAM = 'team:';

/** Organizations and teams that the client is restricted to; empty means every team of its own organization. */
export function TeamRestrictionsField({ form }: { form: SettingsForm }) {
  const value = form.values.team_restrictions;
  const input = useRef<HTMLInputElement>(null);
  const { known, groups, loaded, failed } = useChoices();
  const all = [...value.organization_ids.map((id) => ORGANIZATION + id), ...value.team_ids.map((id) => TEAM + id)];
  const chosen = all.filter((id) => known.has(id));
  const change = (ids: readonly string[]) => form.setFieldValue('team_restrictions', merge(value, ids, known));
  return (
    <div>
      <MultiSelect
        ref={input}
        label="Team restrictions"
        description="An organization covers every team under it, including teams added later."
        placeholder={all.length ? undefined : 'All teams in your organization'}
        data={groups}
        value={chosen}
        searchable
        clearable
        openOnFocus={false}
        hidePickedOptions
        nothingFoundMessage="No team or organization matches"
        maxDropdownHeight={260}
        error={errorOf(form) ?? (failed ? 'The teams could not be loaded. What the client is restricted to stays as it is.' : undefined)}
        onChange={change}
      />
      {loaded && (
        <Others
          count={all.length - chosen.length}
          onRemove={() => {
            form.setFieldValue('team_restrictions', merge({ team_ids: [], organization_ids: [] }, chosen, known));
            input.current?.focus();
          }}
        />
      )}
    </div>
  );
}

/** What this administrator may not see is counted, not named; it can be kept, or removed as a whole. */
function Others({ count, onRemove }: { count: number; onRemove: () => void }) {
  if (count === 0) return null;
  const others = plural(count, 'other', 'others');
  return (
    <div className="b-others-row">
      <span>and {others} that you cannot see</span>
      <Button variant="default" size="compact-sm" onClick={onRemove}>
        Remove {others}
      </Button>
    </div>
  );
}

function useChoices() {
  const organizations = useQuery(organizationsQuery);
  const teams = useQuery(teamsQuery);
  const loaded = organizations.data !== undefined && teams.data !== undefined;
  const ofOrganization = (organization_id: string) => (teams.data ?? []).filter((team) => team.organization_id === organization_id);
  const groups = [
    {
      group: 'Organizations',
      items: (organizations.data ?? []).map(({ id, name }) => ({ value: ORGANIZATION + id, label: `${name} (all teams)` })),
    },
    ...(organizations.data ?? []).map(({ id, name }) => ({
      group: `Teams of ${name}`,
      items: ofOrganization(id).map((team) => ({ value: TEAM + team.id, label: team.name })),
    })),
  ].filter(({ items }) => items.length > 0);
  const known = new Set(groups.flatMap(({ items }) => items.map(({ value }) => value)));
  return { groups, known, loaded, failed: !loaded && (organizations.isError || teams.isError) };
}

/** What was picked, and what was there before and cannot be seen. */
function merge(before: TeamRestrictions, picked: readonly string[], known: ReadonlySet<string>): TeamRestrictions {
  const of = (prefix: string, ids: readonly string[]) => [
    ...ids.filter((id) => !known.has(prefix + id)),
    ...picked.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length)),
  ];
  return { team_ids: of(TEAM, before.team_ids), organization_ids: of(ORGANIZATION, before.organization_ids) };
}

/** The server tells which entry is wrong; here they are one field. */
function errorOf(form: SettingsForm) {
  const path = Object.keys(form.errors).find((each) => each.startsWith('team_restrictions'));
  return path === undefined ? undefined : form.errors[path];
}
