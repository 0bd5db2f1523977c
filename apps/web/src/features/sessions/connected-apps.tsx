import { type ConnectedApp, LIVE_TOKENS_CAP } from '@behalf/domain';
import { IconHistory, IconPlugConnected } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { plural, whole } from '../../lib/format.js';
import type { Rows } from '../../lib/use-rows.js';
import { Cards } from '../../ui/cards.js';
import { ListFoot } from '../../ui/list-foot.js';
import { EmptyState, ErrorState } from '../../ui/states.js';
import type { Shown } from './active-sessions-page.js';
import { AppGroup } from './app-group.js';

interface Props {
  readonly list: Rows<ConnectedApp>;
  readonly shown: Shown;
  /** Which are shown, where there is a choice. */
  readonly switches: ReactNode;
}

/** Issued tokens, grouped by the application that holds them. */
export function ConnectedApps({ list, shown, switches }: Props) {
  const { rows, error } = list;
  return (
    <>
      <div className="b-toolbar b-session-bar">
        <span role="status">{rows && summary(list, shown)}</span>
        <span className="b-session-actions">{switches}</span>
      </div>
      {error && <ErrorState what="The connected apps" error={error} onRetry={list.retry} />}
      {!rows && !error && <Cards label="connected apps" columns={[]} rows={undefined} rowKey={String} />}
      {rows?.length === 0 && <NoApps ended={shown.status === 'ended'} />}
      {rows?.map((app) => (
        <AppGroup key={`${app.client_id} ${shown.show} ${shown.status}`} app={app} shown={shown} />
      ))}
      {list.hasMore && <ListFoot list={list} one="app" many="apps" />}
    </>
  );
}

/** The tokens of all apps that are loaded, and whether there may be more than that. */
export function countTokens({ rows, hasMore }: Rows<ConnectedApp>): { count: number; more: boolean } {
  const counts = rows?.map(({ live_tokens, ended_tokens = 0 }) => live_tokens + ended_tokens) ?? [];
  return { count: counts.reduce((sum, count) => sum + count, 0), more: hasMore || counts.some((count) => count >= LIVE_TOKENS_CAP) };
}

function summary(list: Rows<ConnectedApp>, { status }: Shown): string {
  const { count, more } = countTokens(list);
  const one = status === 'ended' ? 'ended token' : 'live token';
  const tokens = more ? `${whole(count)}+ ${one}s` : plural(count, one, `${one}s`);
  const lately = status === 'ended' ? ' in the last 30 days' : '';
  return `${tokens} of ${plural(list.total?.total ?? 0, 'app', 'apps')}${lately}`;
}

function NoApps({ ended }: { ended: boolean }) {
  if (ended) {
    return (
      <EmptyState
        icon={<IconHistory size={20} stroke={1.6} />}
        title="No token has ended lately"
        text="What expires or is revoked is listed here for 30 days."
      />
    );
  }
  return (
    <EmptyState
      icon={<IconPlugConnected size={20} stroke={1.6} />}
      title="No application has access"
      text="An application appears here once a user has approved it, and can be cut off at any time."
    />
  );
}
