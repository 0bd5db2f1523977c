import { Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

const route = getRouteApi('/shell/settings/oauth-clients/$client_id');

const TABS = [
  ['settings', 'Settings'],
  ['connect', 'Connect'],
  ['failures', 'Recent failures'],
] as const;

export type DrawerTab = (typeof TABS)[number][0];

interface Props {
  /** Above the tabs: whose they are. */
  readonly head: ReactNode;
  /** Beside the name of the last one. */
  readonly failures?: ReactNode;
  readonly children: (tab: DrawerTab) => ReactNode;
}

/** Head and tabs of a client's drawer; the address says which one is shown, also while the client is being loaded. */
export function DrawerTabs({ head, failures, children }: Props) {
  const { tab = 'settings' } = route.useSearch();
  const navigate = useNavigate({ from: '/settings/oauth-clients/$client_id' });
  const show = (next: string | null) =>
    void navigate({
      to: '.',
      resetScroll: false,
      search: (search) => ({ ...search, tab: next === 'connect' || next === 'failures' ? next : undefined }),
    });
  return (
    <Tabs value={tab} onChange={show} keepMounted={false}>
      <div className="b-drawer-top">
        {head}
        <Tabs.List>
          {TABS.map(([value, label]) => (
            <Tabs.Tab key={value} value={value} aria-label={label} data-autofocus={tab === value || undefined}>
              {label} {value === 'failures' && <span className="b-tab-count">{failures}</span>}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </div>
      {TABS.map(([value]) => (
        <Tabs.Panel key={value} value={value}>
          {children(value)}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
