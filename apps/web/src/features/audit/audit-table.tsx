import type { AuditEvent } from '@behalf/domain';
import { ActionIcon } from '@mantine/core';
import { IconAlertCircle, IconBan, IconCheck, IconChevronDown, IconChevronRight, IconShieldX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { teamsQuery } from '../../lib/resources.js';
import { Identifier } from '../../ui/identifier.js';
import { type Column, Table } from '../../ui/table.js';
import { Time } from '../../ui/time.js';
import { actionText, channelText, isIncident } from './audit-text.js';
import { AuditDetail } from './audit-detail.js';

const MIN_WIDTH = 1180;

/** The log as a table; a row opens every field of its entry. */
export function AuditTable({ rows, open }: { rows: readonly AuditEvent[] | undefined; open?: string }) {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set(open === undefined ? [] : [open]));
  const { data: teams = [] } = useQuery(teamsQuery);
  const teamNames = new Map(teams.map(({ id, name }) => [id, name]));
  const toggle = (id: string) =>
    setOpened((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  return (
    <Table
      label="audit entries"
      columns={columnsOf(teamNames, opened, toggle)}
      rows={rows}
      rowKey={({ id }) => id}
      minWidth={MIN_WIDTH}
      look={(event) => ({ incident: isIncident(event), onOpen: () => toggle(event.id) })}
      detail={(event) =>
        opened.has(event.id) && (
          <AuditDetail event={event} teamNames={teamNames} team={event.team_id && (teamNames.get(event.team_id) ?? event.team_id)} />
        )
      }
    />
  );
}

function columnsOf(
  teamNames: ReadonlyMap<string, string>,
  opened: ReadonlySet<string>,
  toggle: (id: string) => void,
): Column<AuditEvent>[] {
  return [
    {
      title: 'Details',
      hidden: true,
      width: 36,
      place: 'corner',
      cell: (event) => <Disclosure event={event} opened={opened.has(event.id)} onToggle={() => toggle(event.id)} />,
    },
    { title: 'Time', width: 116, sticky: true, sorted: 'descending', cell: ({ at }) => <Time at={at} /> },
    { title: 'User', width: 116, cell: ({ user }) => <span className="b-strong">{user ? user.name || user.email : 'System'}</span> },
    { title: 'Action', width: 170, place: 'title', cell: ({ action }) => <span className="b-strong b-action">{actionText(action)}</span> },
    { title: 'Target', cell: (event) => <TargetCell event={event} /> },
    { title: 'Team', width: 88, cell: ({ team_id }) => (team_id ? (teamNames.get(team_id) ?? 'Another') : '—') },
    { title: 'Channel', width: 174, cell: (event) => channelText(event) },
    {
      title: 'OAuth Client ID',
      width: 124,
      cell: ({ client_id }) => (client_id ? <Identifier id={client_id} what="OAuth Client ID" /> : '—'),
    },
    { title: 'IP address', width: 122, cell: ({ ip_address }) => (ip_address ? <span className="b-mono">{ip_address}</span> : '—') },
    { title: 'Result', width: 94, cell: (event) => <ResultMark event={event} /> },
  ];
}

function Disclosure({ event, opened, onToggle }: { event: AuditEvent; opened: boolean; onToggle: () => void }) {
  const Icon = opened ? IconChevronDown : IconChevronRight;
  return (
    <ActionIcon size={24} aria-label={`Details of ${actionText(event.action)}`} aria-expanded={opened} onClick={onToggle}>
      <Icon size={14} stroke={1.6} />
    </ActionIcon>
  );
}

function TargetCell({ event: { target_type, target_name, target_id, user, count } }: { event: AuditEvent }) {
  const person = target_type === 'session' ? user?.name : undefined;
  const name = target_name ?? (person || target_id) ?? '—';
  return <span title={name}>{count > 1 ? `${count} × ${name}` : name}</span>;
}

function ResultMark({ event }: { event: AuditEvent }) {
  if (isIncident(event)) return <Mark icon={IconShieldX} label="Incident" tone="b-red b-medium" />;
  if (event.result === 'denied') return <Mark icon={IconBan} label="Denied" tone="b-amber" />;
  if (event.result === 'failure') return <Mark icon={IconAlertCircle} label="Failure" tone="b-amber" />;
  return <Mark icon={IconCheck} label="Success" tone="" />;
}

function Mark({ icon: Icon, label, tone }: { icon: typeof IconCheck; label: string; tone: string }) {
  return (
    <span className={`b-inline ${tone}`}>
      <Icon size={14} stroke={1.6} aria-hidden="true" />
      {label}
    </span>
  );
}
