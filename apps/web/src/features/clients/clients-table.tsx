import { type Client, clientRisks, formatLifetimeShort, NOTICE_TEXTS, refreshTokenRisk } from '@behalf/domain';
import { Tooltip } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle, IconArrowDown, IconArrowUp, IconClock, IconEye, IconLock, IconPencil, IconWorld } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { shortDateTime } from '../../lib/format.js';
import { organizationsQuery, teamsQuery } from '../../lib/resources.js';
import { Identifier } from '../../ui/identifier.js';
import { Time } from '../../ui/time.js';
import { StatusSwitch } from './status-switch.js';

const route = getRouteApi('/shell/settings/oauth-clients');
const DEFAULT_SORT = '-created_at';
const NARROW = '(max-width: 699px)';

interface Column {
  readonly title: string;
  readonly width?: number;
  /** The list's sort key, where it has one. */
  readonly sort?: string;
  readonly cell: (client: Client) => ReactNode;
}

/** The clients as a table, or below 700 px as cards. */
export function ClientsTable({ clients, manage }: { clients: readonly Client[]; manage: boolean }) {
  const narrow = useMediaQuery(NARROW, window.matchMedia(NARROW).matches);
  const teamNames = useTeamNames();
  if (narrow) return <Cards clients={clients} manage={manage} teamNames={teamNames} />;
  const columns: readonly Column[] = [
    { title: 'Name', sort: 'client_name', cell: (client) => <NameCell client={client} /> },
    { title: 'Client ID', width: 118, cell: (client) => <Identifier id={client.client_id} what="client ID" /> },
    { title: 'Client secret', width: 144, cell: (client) => <SecretCell client={client} /> },
    { title: 'Teams', width: 104, cell: (client) => <TeamsCell client={client} teamNames={teamNames} /> },
    { title: 'Team limit', width: 84, sort: 'team_selection', cell: (client) => (client.team_selection === 'single' ? 'Single' : 'Multiple') },
    { title: 'Scope', width: 104, sort: 'access_preset', cell: (client) => <ScopeCell client={client} /> },
    {
      title: 'Access token',
      width: 100,
      sort: 'access_token_lifetime_seconds',
      cell: (client) => formatLifetimeShort(client.access_token_lifetime_seconds),
    },
    { title: 'Refresh token', width: 106, sort: 'refresh_token_lifetime_seconds', cell: (client) => <RefreshCell client={client} /> },
    { title: 'Last used', width: 112, sort: 'last_used_at', cell: (client) => <Time at={client.last_used_at} /> },
    { title: 'Status', width: 108, sort: 'status', cell: (client) => <StatusSwitch client={client} manage={manage} /> },
  ];
  return (
    <div className="b-frame">
      <div className="b-scroll" tabIndex={0} role="region" aria-label="OAuth clients">
        <table className="b-table b-clients">
          <colgroup>
            {columns.map(({ title, width }) => (
              <col key={title} style={width === undefined ? {} : { width }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {columns.map((column) => (
                <HeadCell key={column.title} column={column} />
              ))}
            </tr>
          </thead>
          <tbody>
            {clients.map((client) => (
              <tr key={client.client_id} data-paused={client.status === 'disabled' || undefined}>
                {columns.map(({ title, cell }) => (
                  <td key={title}>{cell(client)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function HeadCell({ column: { title, sort } }: { column: Column }) {
  const { sort: current = DEFAULT_SORT } = route.useSearch();
  const navigate = useNavigate();
  if (!sort) return <th scope="col">{title}</th>;
  const direction = current === sort ? 'ascending' : current === `-${sort}` ? 'descending' : undefined;
  const Arrow = direction === 'ascending' ? IconArrowUp : IconArrowDown;
  const next = direction === 'ascending' ? `-${sort}` : sort;
  return (
    <th scope="col" aria-sort={direction ?? 'none'}>
      <button
        type="button"
        className="b-sort"
        data-active={direction}
        onClick={() => void navigate({ to: '.', search: (search) => ({ ...search, sort: next }), replace: true })}
      >
        {title}
        {direction && <Arrow size={12} stroke={2} aria-hidden="true" />}
      </button>
    </th>
  );
}

function NameCell({ client }: { client: Client }) {
  return (
    <>
      <span className="b-name" title={client.client_name}>
        {client.client_name}
      </span>
      <TypeMark client={client} /> <RiskMark client={client} />
    </>
  );
}

function TypeMark({ client }: { client: Client }) {
  const Icon = client.client_type === 'public' ? IconWorld : IconLock;
  return (
    <span className="b-inline b-mark">
      <Icon size={12} stroke={1.6} aria-hidden="true" />
      {client.client_type === 'public' ? 'Public' : 'Confidential'}
    </span>
  );
}

/** 'High risk' for what has to be confirmed; all reasons on hover and focus. */
function RiskMark({ client }: { client: Client }) {
  if (!clientRisks(client).length) return null;
  const reasons = (
    <ul className="b-reasons">
      {client.notices.map((notice) => (
        <li key={notice}>{NOTICE_TEXTS[notice]}</li>
      ))}
    </ul>
  );
  return (
    <Tooltip label={reasons}>
      <span className="b-inline b-mark b-amber" tabIndex={0}>
        <IconAlertTriangle size={12} stroke={1.6} aria-hidden="true" />
        High risk
      </span>
    </Tooltip>
  );
}

function SecretCell({ client }: { client: Client }) {
  if (!client.secret) return <span className="b-faint">None (PKCE)</span>;
  return (
    <>
      <span className="b-mono" aria-label={`Ends in ${client.secret.hint}`} role="text">
        ••••{client.secret.hint}
      </span>
      {client.previous_secret && <PreviousSecret expires_at={client.previous_secret.expires_at} />}
    </>
  );
}

function PreviousSecret({ expires_at }: { expires_at: string }) {
  return (
    <span className="b-amber b-previous">
      Previous secret works
      <br />
      until {shortDateTime(expires_at)}
    </span>
  );
}

function TeamsCell({ client, teamNames }: { client: Client; teamNames: ReadonlyMap<string, string> }) {
  const { team_ids, organization_ids } = client.team_restrictions;
  const ids = [...organization_ids, ...team_ids];
  if (!ids.length) return <span className="b-badge">All teams</span>;
  const named = ids.map((id) => teamNames.get(id)).filter((name) => name !== undefined);
  const first = named[0] ?? `${ids.length} ${ids.length === 1 ? 'other' : 'others'}`;
  const more = named.length ? ids.length - 1 : 0;
  return (
    <Tooltip label={named.join(', ') || first}>
      <span tabIndex={0}>
        {first} {more > 0 && <span className="b-faint">+{more}</span>}
      </span>
    </Tooltip>
  );
}

function ScopeCell({ client }: { client: Client }) {
  const full = client.access_preset === 'full_access';
  const Icon = full ? IconPencil : IconEye;
  return (
    <span className={full ? 'b-inline b-strong' : 'b-inline'}>
      <Icon size={14} stroke={1.6} aria-hidden="true" />
      {full ? 'Full access' : 'Read-only'}
    </span>
  );
}

function RefreshCell({ client }: { client: Client }) {
  if (!client.issue_refresh_token) return <span className="b-faint">Off</span>;
  const span = formatLifetimeShort(client.refresh_token_lifetime_seconds);
  if (refreshTokenRisk(client.refresh_token_lifetime_seconds) === 'informational') return span;
  return (
    <span className="b-inline b-amber">
      <IconAlertTriangle size={14} stroke={1.6} aria-hidden="true" />
      {span}
    </span>
  );
}

function Cards({ clients, manage, teamNames }: { clients: readonly Client[]; manage: boolean; teamNames: ReadonlyMap<string, string> }) {
  return (
    <div className="b-cards" role="list" aria-label="OAuth clients">
      {clients.map((client) => (
        <div key={client.client_id} role="listitem" className="b-card" data-paused={client.status === 'disabled' || undefined}>
          <div className="b-card-head">
            <span className="b-name" style={{ flex: 1 }}>
              {client.client_name}
            </span>
            <StatusSwitch client={client} manage={manage} />
          </div>
          <div className="b-card-line">
            <TypeMark client={client} />
            <ScopeCell client={client} />
            <RiskMark client={client} />
          </div>
          <div className="b-card-line">
            <span>
              <TeamsCell client={client} teamNames={teamNames} />
            </span>
            <span>
              {client.last_used_at === null ? 'Never used' : 'Used '}
              {client.last_used_at !== null && <Time at={client.last_used_at} />}
            </span>
            <Identifier id={client.client_id} what="client ID" />
          </div>
          {client.previous_secret && (
            <div className="b-card-line b-amber">
              <span className="b-inline">
                <IconClock size={14} stroke={1.6} aria-hidden="true" />
                Previous secret works until {shortDateTime(client.previous_secret.expires_at)}
              </span>
            </div>
          )}
        </div>
      ))}
    </div>
  );
}

function useTeamNames(): ReadonlyMap<string, string> {
  const { data: teams = [] } = useQuery(teamsQuery);
  const { data: organizations = [] } = useQuery(organizationsQuery);
  return new Map([...teams, ...organizations].map(({ id, name }) => [id, name]));
}
