import { SegmentedControl, Tabs } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { whole } from '../../lib/format.js';
import { connectedAppsQuery, uiSessionsQuery } from '../../lib/resources.js';
import { useRows } from '../../lib/use-rows.js';
import { usePermission } from '../../lib/use-session.js';
import { PageHead } from '../../ui/page.js';
import { ConnectedApps, countTokens } from './connected-apps.js';
import { UiSessions } from './ui-sessions.js';
import './sessions.css';

const route = getRouteApi('/shell/security/active-sessions');

/** Whose are shown, and which: those that live, or those that ended lately. */
export interface Shown {
  readonly show: 'mine' | 'organization';
  readonly status: 'live' | 'ended';
}

/** What has access right now: issued tokens by application, and browsers. */
export function ActiveSessionsPage() {
  const { tab = 'connected-apps', show: wanted = 'mine', status = 'live' } = route.useSearch();
  const mayReadAll = usePermission('SESSION_READ');
  const shown: Shown = { show: mayReadAll ? wanted : 'mine', status };
  const navigate = useNavigate({ from: '/security/active-sessions' });
  const live = useRows(connectedAppsQuery({ show: shown.show }));
  const sessions = useRows(uiSessionsQuery({ show: shown.show }));
  const choose = (next: string | null) =>
    void navigate({ to: '.', search: (search) => ({ ...search, tab: next === 'ui-sessions' ? next : undefined }), replace: true });
  const { count, more } = countTokens(live);
  return (
    <>
      <PageHead title="Active Sessions" text="Everything that has access right now. Revoking takes effect on the next request." />
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List>
          <TabOf value="connected-apps" label="Connected apps" count={live.rows && `${whole(count)}${more ? '+' : ''}`} />
          <TabOf value="ui-sessions" label="UI sessions" count={sessions.total && whole(sessions.total.total)} />
        </Tabs.List>
        <Tabs.Panel value="connected-apps">
          {status === 'ended' ? <EndedApps shown={shown} mayReadAll={mayReadAll} /> : null}
          {status === 'live' && <ConnectedApps list={live} shown={shown} switches={<Switches shown={shown} mayReadAll={mayReadAll} />} />}
        </Tabs.Panel>
        <Tabs.Panel value="ui-sessions">
          <UiSessions list={sessions} show={shown.show} switcher={mayReadAll && <ShowSwitch show={shown.show} />} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

interface SwitchesProps {
  readonly shown: Shown;
  readonly mayReadAll: boolean;
}

function EndedApps({ shown, mayReadAll }: SwitchesProps) {
  const list = useRows(connectedAppsQuery({ ...shown }));
  return <ConnectedApps list={list} shown={shown} switches={<Switches shown={shown} mayReadAll={mayReadAll} />} />;
}

function Switches({ shown, mayReadAll }: SwitchesProps) {
  return (
    <>
      <StatusSwitch status={shown.status} />
      {mayReadAll && <ShowSwitch show={shown.show} />}
    </>
  );
}

function TabOf({ value, label, count }: { value: string; label: string; count: string | undefined }) {
  return (
    <Tabs.Tab value={value} aria-label={label}>
      {label} <span className="b-tab-count">{count}</span>
    </Tabs.Tab>
  );
}

function StatusSwitch({ status }: Pick<Shown, 'status'>) {
  const navigate = useNavigate({ from: '/security/active-sessions' });
  const choose = (next: string) =>
    void navigate({ to: '.', search: (search) => ({ ...search, status: next === 'ended' ? next : undefined }), replace: true });
  return (
    <SegmentedControl
      aria-label="Tokens"
      data={[
        { value: 'live', label: 'Live' },
        { value: 'ended', label: 'Ended' },
      ]}
      value={status}
      onChange={choose}
    />
  );
}

function ShowSwitch({ show }: Pick<Shown, 'show'>) {
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
