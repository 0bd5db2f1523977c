import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

const route = getRouteApi('/shell/settings/oauth-clients');
const TYPING_PAUSE_MILLISECONDS = 200;

/** What the list is narrowed by; it stands in the address, so that it can be shared and walked back to. */
export function FilterBar() {
  const filter = route.useSearch();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(filter.search ?? '');
  const change = (changed: Partial<typeof filter>) => {
    void navigate({
      to: '.',
      search: (search) => Object.fromEntries(Object.entries({ ...search, ...changed }).filter(([, value]) => value)),
      replace: true,
    });
  };
  const search = useDebouncedCallback((value: string) => change({ search: value.trim() }), TYPING_PAUSE_MILLISECONDS);
  useEffect(() => setTyped((current) => (current.trim() === (filter.search ?? '') ? current : (filter.search ?? ''))), [filter.search]);
  return (
    <div className="b-toolbar b-filter-bar">
      <TextInput
        aria-label="Search"
        placeholder="Search name or client ID"
        leftSection={<IconSearch size={15} stroke={1.6} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
        className="b-search"
      />
      <Select
        aria-label="Team limit"
        placeholder="Team limit"
        clearable
        data={[
          { value: 'single', label: 'Single team' },
          { value: 'multiple', label: 'Multiple teams' },
        ]}
        value={filter.team_selection ?? null}
        onChange={(value) => change({ team_selection: (value ?? undefined) as typeof filter.team_selection })}
      />
      <Select
        aria-label="Scope"
        placeholder="Scope"
        clearable
        data={[
          { value: 'read_only', label: 'Read-only' },
          { value: 'full_access', label: 'Full access' },
        ]}
        value={filter.access_preset ?? null}
        onChange={(value) => change({ access_preset: (value ?? undefined) as typeof filter.access_preset })}
      />
    </div>
  );
}
