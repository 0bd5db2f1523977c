import { AUDIT_ACTIONS, type AuditChannel } from '@behalf/domain';
import { ActionIcon, Popover } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { userOptionsQuery } from '../../lib/resources.js';
import { useNarrow } from '../../lib/use-narrow.js';
import { Select } from '../../ui/select.js';
import { SearchField } from '../../ui/search-field.js';
import { actionText } from './audit-text.js';
import { DEFAULT_RANGE, RANGES } from './ranges.js';

const route = getRouteApi('/shell/security/audit-log');

const CHANNELS: { value: AuditChannel; label: string }[] = [
  { value: 'ui', label: 'Web UI' },
  { value: 'oauth', label: 'OAuth' },
  { value: 'system', label: 'System' },
];
const ACTIONS = [
  { group: 'Incidents', items: [{ value: 'incident', label: 'All incidents' }] },
  { group: 'Actions', items: AUDIT_ACTIONS.map((action) => ({ value: action, label: actionText(action) })) },
];

/** What the log is narrowed by; it stands in the address. */
export function AuditFilters({ children }: { children: ReactNode }) {
  const narrow = useNarrow();
  const { client_id = '' } = route.useSearch();
  const change = useChange();
  return (
    <div className="b-toolbar b-filter-bar b-audit-filters">
      <RangeFilter />
      {narrow ? (
        <Popover position="bottom-end" width={260}>
          <Popover.Target>
            <ActionIcon variant="default" size={40} aria-label="Filters">
              <IconAdjustmentsHorizontal size={16} stroke={1.6} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown className="b-filter-popover">
            <Choices />
          </Popover.Dropdown>
        </Popover>
      ) : (
        <Choices />
      )}
      <SearchField
        label="OAuth Client ID"
        placeholder="OAuth Client ID"
        withIcon={false}
        className="b-client-filter"
        value={client_id}
        onChange={(value) => change({ client_id: value })}
      />
      {children}
    </div>
  );
}

function RangeFilter() {
  const { range = DEFAULT_RANGE } = route.useSearch();
  const change = useChange();
  return (
    <Select
      aria-label="Time range"
      size="sm"
      allowDeselect={false}
      className="b-range-filter"
      data={RANGES.map(({ value, label }) => ({ value, label }))}
      value={range}
      onChange={(value) => change({ range: value === DEFAULT_RANGE ? undefined : (value ?? undefined) })}
    />
  );
}

function Choices() {
  const { action, channel, incident } = route.useSearch();
  const change = useChange();
  const chooseAction = (value: string | null) =>
    change(
      value === 'incident'
        ? { incident: 'true', action: undefined }
        : { action: (value ?? undefined) as typeof action, incident: undefined },
    );
  return (
    <>
      <UserFilter />
      <Select
        clearable
        aria-label="Action"
        placeholder="Action"
        size="sm"
        searchable
        comboboxProps={{ withinPortal: false, width: 240, position: 'bottom-start' }}
        data={ACTIONS}
        value={incident ? 'incident' : (action ?? null)}
        onChange={chooseAction}
      />
      <Select
        clearable
        aria-label="Channel"
        placeholder="Channel"
        size="sm"
        comboboxProps={{ withinPortal: false }}
        data={CHANNELS}
        value={channel ?? null}
        onChange={(value) => change({ channel: value ?? undefined })}
      />
    </>
  );
}

/** Found by the server while one types: an organization may have many users. */
function UserFilter() {
  const { user_id } = route.useSearch();
  const change = useChange();
  const [typed, type] = useState('');
  const { data = [] } = useQuery(userOptionsQuery(typed, user_id));
  return (
    <Select
      clearable
      aria-label="User"
      placeholder="User"
      size="sm"
      searchable
      filter={({ options }) => options}
      onSearchChange={type}
      comboboxProps={{ withinPortal: false, width: 240, position: 'bottom-start' }}
      data={data.map(({ id, name, email }) => ({ value: id, label: name === '' ? email : name }))}
      value={user_id ?? null}
      onChange={(value) => change({ user_id: value ?? undefined })}
    />
  );
}

function useChange() {
  const navigate = useNavigate({ from: '/security/audit-log' });
  return (changed: ReturnType<typeof route.useSearch>) =>
    void navigate({
      to: '.',
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value)),
      replace: true,
    });
}
