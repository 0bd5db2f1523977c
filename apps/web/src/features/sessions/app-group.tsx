import type { ConnectedApp } from '@behalf/domain';
import { Button } from '@mantine/core';
import { useInViewport } from '@mantine/hooks';
import { IconApps } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { liveTokens, plural, shorten } from '../../lib/format.js';
import { query } from '../../lib/http.js';
import { connectedAppPath } from '../../lib/resources.js';
import { usePermission, useSession } from '../../lib/use-session.js';
import { Table } from '../../ui/table.js';
import type { Shown } from './active-sessions-page.js';
import { RevokeDialog } from './revoke-dialog.js';
import { skeletonRows, TokenTable } from './token-table.js';
import { useRevoke } from './use-revoke.js';

interface Props {
  readonly app: ConnectedApp;
  readonly shown: Shown;
}

/** One application with its tokens, which are fetched once it comes into view: an organization may have hundreds. */
export function AppGroup({ app, shown }: Props) {
  const mayManage = usePermission('SESSION_MANAGE');
  const mayEnd = mayManage || shown.show === 'mine';
  const { ref, inViewport } = useInViewport();
  const [seen, see] = useState(false);
  if (inViewport && !seen) see(true);
  return (
    <section className="b-frame b-app" aria-label={app.client_name} ref={ref}>
      <AppHead app={app} shown={shown}>
        <ExplainLink app={app} />
        {mayEnd && shown.status === 'live' && <RevokeAll app={app} shown={shown} />}
      </AppHead>
      {seen ? (
        <TokenTable app={app} shown={shown} mayEnd={mayManage} />
      ) : (
        <Table
          bare
          label={`tokens of ${app.client_name}`}
          columns={[]}
          rows={undefined}
          skeletonRows={skeletonRows(app)}
          rowKey={String}
          minWidth={0}
        />
      )}
    </section>
  );
}

function AppHead({ app, shown, children }: Props & { children: ReactNode }) {
  const { client_id, client_name, live_tokens, ended_tokens = 0 } = app;
  const [count, one] = shown.status === 'ended' ? [ended_tokens, 'ended token'] : [live_tokens, 'live token'];
  return (
    <header className="b-app-head">
      <span className="b-app-icon" aria-hidden="true">
        <IconApps size={16} stroke={1.6} />
      </span>
      <div className="b-app-title">
        <h2>{client_name}</h2>
        <p>
          <code className="b-mono" title={client_id}>
            {shorten(client_id)}
          </code>{' '}
          · {liveTokens(count)} {count === 1 ? one : `${one}s`}
        </p>
      </div>
      {children}
    </header>
  );
}

function RevokeAll({ app: { client_id, client_name }, shown: { show } }: Props) {
  const [asking, ask] = useState(false);
  const { user, organization } = useSession();
  const revoke = useRevoke<ConnectedApp, { revoked: number }>({
    path: `${connectedAppPath(client_id)}/tokens${query({ show })}`,
    list: ['connected-apps'],
    isGone: (row) => row.client_id === client_id,
    receipt: ({ revoked }) => ({
      title: `${plural(revoked, 'token', 'tokens')} revoked`,
      facts: [
        ['App', client_name],
        ['For', show === 'mine' ? user.name : `Everyone in ${organization.name}`],
        ['Approval', 'Forgotten: it has to be given again'],
      ],
    }),
  });
  const whose = show === 'mine' ? ' that you authorized' : ', whoever authorized it,';
  return (
    <>
      <Button variant="default" className="b-destroy" aria-label={`Revoke all tokens of ${client_name}`} onClick={() => ask(true)}>
        Revoke all tokens
      </Button>
      {asking && (
        <RevokeDialog
          what={`Every token of ${client_name}${whose} stops working immediately, and the approval is forgotten.`}
          onClose={() => ask(false)}
          onRevoke={() => {
            ask(false);
            revoke.run();
          }}
        />
      )}
    </>
  );
}

function ExplainLink({ app: { client_id, client_name } }: { app: ConnectedApp }) {
  const { user } = useSession();
  return (
    <Link
      className="b-explain"
      to="/security/effective-access"
      search={{ client_id, user_id: user.id }}
      aria-label={`Explain access of ${client_name}`}
    >
      Explain access
    </Link>
  );
}
