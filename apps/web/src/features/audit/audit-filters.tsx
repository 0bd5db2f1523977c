import { AUDIT_ACTIONS, type AuditChannel } from '@behalf/domain';
import { ActionIcon, Popover, TextInput } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { shorten } from '../../lib/format.js';
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
      <Days />
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
      <Things />
      {children}
    </div>
  );
}

/** A range of one's own, by days. */
function Days() {
  const { range, from, to } = route.useSearch();
  const change = useChange();
  if (range !== 'custom') return null;
  return (
    <span className="b-days">
      <DayField label="From" value={from} max={to} onChange={(value) => change({ from: value })} />
      <DayField label="To" value={to} min={from} onChange={(value) => change({ to: value })} />
    </span>
  );
}

interface DayProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function DayField({ label, value = '', min, max, onChange }: DayProps) {
  return (
    <TextInput
      type="date"
      size="sm"
      aria-label={label}
      value={value}
      {...(min ? { min } : {})}
      {...(max ? { max } : {})}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

/** What a link has narrowed the log to, and no field shows. */
function Things() {
  const { target_id, token_id } = route.useSearch();
  const change = useChange();
  return (
    <>
      {target_id && <Thing what="Target" id={target_id} onRemove={() => change({ target_id: undefined })} />}
      {token_id && <Thing what="Token ID" id={token_id} onRemove={() => change({ token_id: undefined })} />}
    </>
  );
}

function Thing({ what, id, onRemove }: { what: string; id: string; onRemove: () => void }) {
  return (
    <span className="b-thing">
      {what} <span className="b-mono">{shorten(id)}</span>
      <ActionIcon size={20} aria-label={`Show all, not only ${what} ${id}`} onClick={onRemove}>
        <IconX size={12} stroke={1.6} />
      </ActionIcon>
    </span>
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
      onChange={(value) => {
        const chosen = value === DEFAULT_RANGE ? undefined : (value ?? undefined);
        change({ range: chosen, from: undefined, to: undefined });
      }}
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
        className="b-action-filter"
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
