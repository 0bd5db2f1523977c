import type { ConnectedApp } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconApps, IconPlugConnected } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { liveTokens, plural, shorten } from '../../lib/format.js';
import { query } from '../../lib/http.js';
import { connectedAppPath } from '../../lib/resources.js';
import type { Rows } from '../../lib/use-rows.js';
import { usePermission, useSession } from '../../lib/use-session.js';
import { Cards } from '../../ui/cards.js';
import { ListFoot } from '../../ui/list-foot.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import type { Show } from './active-sessions-page.js';
import { RevokeDialog } from './revoke-dialog.js';
import { TokenTable } from './token-table.js';
import { useRevoke } from './use-revoke.js';

interface Props {
  readonly list: Rows<ConnectedApp>;
  readonly show: Show;
  /** Whose are shown, where there is a choice. */
  readonly switcher: ReactNode;
}

/** Issued tokens, grouped by the application that holds them. */
export function ConnectedApps({ list, show, switcher }: Props) {
  const { rows, error } = list;
  const tokens = rows?.reduce((sum, { live_tokens }) => sum + live_tokens, 0) ?? 0;
  return (
    <>
      <div className="b-toolbar b-session-bar">
        <span role="status">{rows && `${plural(tokens, 'live token', 'live tokens')} of ${plural(rows.length, 'app', 'apps')}`}</span>
        {switcher}
      </div>
      {error && <ErrorState what="The connected apps" error={error} onRetry={list.retry} />}
      {!rows && !error && <Cards label="connected apps" columns={[]} rows={undefined} rowKey={String} />}
      {rows?.length === 0 && (
        <EmptyState
          icon={<IconPlugConnected size={20} stroke={1.6} />}
          title="No application has access"
          text="An application appears here once a user has approved it, and can be cut off at any time."
        />
      )}
      {rows?.map((app) => (
        <AppGroup key={app.client_id} app={app} show={show} />
      ))}
      {list.hasMore && <ListFoot list={list} one="app" many="apps" />}
    </>
  );
}

function AppGroup({ app, show }: { app: ConnectedApp; show: Show }) {
  const { client_id, client_name } = app;
  const [asking, ask] = useState(false);
  const mayEnd = usePermission('SESSION_MANAGE') || show === 'mine';
  const revoke = useRevoke<ConnectedApp, { revoked: number }>({
    path: `${connectedAppPath(client_id)}/tokens${query({ show })}`,
    list: ['connected-apps'],
    isGone: (row) => row.client_id === client_id,
    done: ({ revoked }) => `${plural(revoked, 'token', 'tokens')} of ${client_name} revoked`,
  });
  return (
    <section className="b-frame b-app" aria-label={client_name}>
      <AppHead app={app}>
        <ExplainLink app={app} />
        {mayEnd && (
          <Button variant="default" className="b-destroy" aria-label={`Revoke all tokens of ${client_name}`} onClick={() => ask(true)}>
            Revoke all tokens
          </Button>
        )}
      </AppHead>
      <TokenTable app={app} show={show} mayEnd={mayEnd} />
      {asking && (
        <RevokeDialog
          what={`Every token of ${client_name}${show === 'mine' ? ' that you authorized' : ''} stops working immediately, and the approval is forgotten.`}
          onClose={() => ask(false)}
          onRevoke={() => {
            ask(false);
            revoke.run();
          }}
        />
      )}
    </section>
  );
}

function AppHead({ app: { client_id, client_name, live_tokens }, children }: { app: ConnectedApp; children: ReactNode }) {
  return (
    <header className="b-app-head">
      <span className="b-app-icon" aria-hidden="true">
        <IconApps size={16} stroke={1.6} />
      </span>
      <div className="b-app-title">
        <h2>{client_name}</h2>
        <p>
          <code className="b-mono">{shorten(client_id)}</code> · {liveTokens(live_tokens)}{' '}
          {live_tokens === 1 ? 'live token' : 'live tokens'}
        </p>
      </div>
      {children}
    </header>
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
