import { ActionIcon, Popover } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useNarrow } from '../../lib/use-narrow.js';
import { Select } from '../../ui/select.js';
import { SearchField } from '../../ui/search-field.js';
import { DEFAULT_CLIENT_SORT } from './clients-table.js';

const route = getRouteApi('/shell/settings/oauth-clients');

/** What the list is narrowed by; it stands in the address, so that it can be shared and walked back to. */
export function FilterBar({ children }: { children?: ReactNode }) {
  const narrow = useNarrow();
  return (
    <div className="b-toolbar b-filter-bar">
      <Search />
      {narrow ? (
        <Popover position="bottom-end" width={260}>
          <Popover.Target>
            <ActionIcon variant="default" size={40} aria-label="Filters">
              <IconAdjustmentsHorizontal size={16} stroke={1.6} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown className="b-filter-popover">
            <Choices />
            <Order />
          </Popover.Dropdown>
        </Popover>
      ) : (
        <Choices />
      )}
      {children}
    </div>
  );
}

function Search() {
  const { search = '' } = route.useSearch();
  const change = useChangeFilter();
  return <SearchField placeholder="Search name or client ID" value={search} onChange={(value) => change({ search: value }, true)} />;
}

function Choices() {
  const { team_selection, access_preset } = route.useSearch();
  const change = useChangeFilter();
  // Inside the popover on a phone, where a click on an option elsewhere would close it.
  const shared = { size: 'sm', clearable: true, comboboxProps: { withinPortal: false } } as const;
  return (
    <>
      <Select
        {...shared}
        aria-label="Team limit"
        placeholder="Team limit"
        data={[
          { value: 'single', label: 'Single team' },
          { value: 'multiple', label: 'Multiple teams' },
        ]}
        value={team_selection ?? null}
        onChange={(value) => change({ team_selection: value ?? undefined })}
      />
      <Select
        {...shared}
        className="b-filter-scope"
        aria-label="Scope"
        placeholder="Scope"
        data={[
          { value: 'read_only', label: 'Read-only' },
          { value: 'full_access', label: 'Full access' },
        ]}
        value={access_preset ?? null}
        onChange={(value) => change({ access_preset: value ?? undefined })}
      />
    </>
  );
}

/** Where there are no headers to sort by. */
const ORDERS = [
  { value: DEFAULT_CLIENT_SORT, label: 'Newest first' },
  { value: 'client_name', label: 'Name' },
  { value: '-last_used_at', label: 'Last used' },
  { value: 'status', label: 'Status' },
  { value: '-access_token_lifetime_seconds', label: 'Longest access token' },
  { value: '-refresh_token_lifetime_seconds', label: 'Longest refresh token' },
];

function Order() {
  const { sort = DEFAULT_CLIENT_SORT } = route.useSearch();
  const change = useChangeFilter();
  return (
    <Select
      size="sm"
      label="Sort by"
      allowDeselect={false}
      comboboxProps={{ withinPortal: false }}
      data={ORDERS}
      value={ORDERS.some(({ value }) => value === sort) ? sort : null}
      onChange={(value) => change({ sort: value === DEFAULT_CLIENT_SORT ? undefined : (value ?? undefined) })}
    />
  );
}

type Filter = ReturnType<typeof route.useSearch>;

/** Each choice can be walked back to; letters that are typed are one step, and leave a drawer that was opened meanwhile open. */
function useChangeFilter() {
  const navigate = useNavigate();
  return (changed: Filter, typing = false) =>
    void navigate({
      to: '.',
      search: (before) => Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value)),
      replace: typing,
    });
}
