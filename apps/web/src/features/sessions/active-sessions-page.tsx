import { SegmentedControl, Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { connectedAppsQuery, uiSessionsQuery } from '../../lib/resources.js';
import { useRows } from '../../lib/use-rows.js';
import { usePermission } from '../../lib/use-session.js';
import { PageHead } from '../../ui/page.js';
import { ConnectedApps } from './connected-apps.js';
import { UiSessions } from './ui-sessions.js';
import './sessions.css';

const route = getRouteApi('/shell/security/active-sessions');

export type Show = 'mine' | 'organization';

/** What has access right now: issued tokens by application, and browsers. */
export function ActiveSessionsPage() {
  const { tab = 'connected-apps', show: wanted = 'mine' } = route.useSearch();
  const mayReadAll = usePermission('SESSION_READ');
  const show = mayReadAll ? wanted : 'mine';
  const navigate = useNavigate({ from: '/security/active-sessions' });
  const apps = useRows(connectedAppsQuery({ show }));
  const sessions = useRows(uiSessionsQuery({ show }));
  const choose = (next: string | null) =>
    void navigate({ to: '.', search: (search) => ({ ...search, tab: next === 'ui-sessions' ? next : undefined }), replace: true });
  return (
    <>
      <PageHead title="Active Sessions" text="Everything that has access right now. Revoking takes effect on the next request." />
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List>
          <TabOf value="connected-apps" label="Connected apps" count={apps.rows?.reduce((sum, { live_tokens }) => sum + live_tokens, 0)} />
          <TabOf value="ui-sessions" label="UI sessions" count={sessions.total?.total} />
        </Tabs.List>
        <Tabs.Panel value="connected-apps">
          <ConnectedApps list={apps} show={show} switcher={mayReadAll && <ShowSwitch show={show} />} />
        </Tabs.Panel>
        <Tabs.Panel value="ui-sessions">
          <UiSessions list={sessions} show={show} switcher={mayReadAll && <ShowSwitch show={show} />} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function TabOf({ value, label, count }: { value: string; label: string; count: number | undefined }) {
  return (
    <Tabs.Tab value={value} aria-label={label}>
      {label} <span className="b-tab-count">{count}</span>
    </Tabs.Tab>
  );
}

function ShowSwitch({ show }: { show: Show }) {
  const navigate = useNavigate({ from: '/security/active-sessions' });
  const choose = (next: string) =>
    void navigate({ to: '.', search: (search) => ({ ...search, show: next === 'organization' ? next : undefined }), replace: true });
  return (
    <span className="b-show">
      <span id="show-whose">Show</span>
      <SegmentedControl
        aria-labelledby="show-whose"
        data={[
          { value: 'mine', label: 'Only me' },
          { value: 'organization', label: 'Everyone in the organization' },
        ]}
        value={show}
        onChange={choose}
      />
    </span>
  );
}
