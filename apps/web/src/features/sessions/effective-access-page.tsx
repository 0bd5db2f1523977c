import { type EffectiveAccess, permissionLabel } from '@behalf/domain';
import { IconArrowLeft, IconCheck, IconMinus, IconUsersMinus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { clientQuery, effectiveAccessQuery } from '../../lib/resources.js';
import { usePermission, useSession } from '../../lib/use-session.js';
import { PageHead } from '../../ui/page.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import { type Column, Table } from '../../ui/table.js';
import './sessions.css';

const route = getRouteApi('/shell/security/effective-access');
const MIN_WIDTH = 640;

/** Why an application may do something for a user, or not: consent, client and user side by side. */
export function EffectiveAccessPage() {
  const { user } = useSession();
  const { client_id, user_id = user.id } = route.useSearch();
  const { data, error, refetch } = useQuery({ ...effectiveAccessQuery(client_id ?? '', user_id), enabled: client_id !== undefined });
  return (
    <>
      <Link to="/security/active-sessions" className="b-back">
        <IconArrowLeft size={14} stroke={1.6} aria-hidden="true" />
        Active Sessions
      </Link>
      <PageHead
        title="Effective access"
        text="What counts is what the user consented to, the client allows and the user may do, all three, now."
      />
      <Subject client_id={client_id} mine={user_id === user.id} />
      {error && !data && <ErrorState what="The effective access" error={error} onRetry={() => void refetch()} />}
      {!error && client_id !== undefined && <Explanation access={data} />}
      {client_id === undefined && (
        <EmptyState
          icon={<IconUsersMinus size={20} stroke={1.6} />}
          title="No application chosen"
          text="Open Active Sessions and choose Explain access beside an application."
        />
      )}
    </>
  );
}

function Subject({ client_id, mine }: { client_id: string | undefined; mine: boolean }) {
  const mayRead = usePermission('OAUTH_CLIENT_READ');
  const { data } = useQuery({ ...clientQuery(client_id ?? ''), enabled: mayRead && client_id !== undefined, retry: false });
  if (client_id === undefined) return null;
  return (
    <p className="b-subject">
      <strong>{data?.client_name ?? client_id}</strong> for {mine ? 'you' : 'another user'}
    </p>
  );
}

type Sides = Pick<EffectiveAccess['teams'][number], 'consent' | 'client' | 'user' | 'result'>;

function Explanation({ access }: { access: EffectiveAccess | undefined }) {
  return (
    <>
      <h2 className="b-subtitle">Teams</h2>
      <Table
        label="teams"
        columns={columnsOf<EffectiveAccess['teams'][number]>('Team', ({ name }) => name)}
        rows={access?.teams}
        rowKey={({ id }) => id}
        minWidth={MIN_WIDTH}
      />
      <h2 className="b-subtitle">Permissions</h2>
      <Table
        label="permissions"
        columns={columnsOf<EffectiveAccess['permissions'][number]>('Permission', ({ permission }) => permissionLabel(permission))}
        rows={access?.permissions}
        rowKey={({ permission }) => permission}
        minWidth={MIN_WIDTH}
      />
    </>
  );
}

function columnsOf<T extends Sides>(title: string, name: (row: T) => string): Column<T>[] {
  return [
    { title, place: 'title', sticky: true, cell: (row) => <span className="b-strong">{name(row)}</span> },
    { title: 'Consented to', width: 140, cell: ({ consent }) => <Verdict yes={consent} /> },
    { title: 'Client allows', width: 140, cell: ({ client }) => <Verdict yes={client} /> },
    { title: 'User may', width: 140, cell: ({ user }) => <Verdict yes={user} /> },
    { title: 'Result', width: 140, cell: ({ result }) => <Verdict yes={result} result /> },
  ];
}

function Verdict({ yes, result = false }: { yes: boolean; result?: boolean }) {
  const Icon = yes ? IconCheck : IconMinus;
  const tone = result && yes ? 'b-inline b-green b-status-mark' : 'b-inline';
  return (
    <span className={tone}>
      <Icon size={14} stroke={1.6} aria-hidden="true" />
      {result ? (yes ? 'Allowed' : 'Not allowed') : yes ? 'Yes' : 'No'}
    </span>
  );
}
