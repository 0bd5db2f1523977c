import {
  type Client,
  type ClientSecretInfo,
  clientRisks,
  type PreviousSecretInfo,
  formatLifetimeShort,
  NOTICE_TEXTS,
  refreshTokenRisk,
} from '@behalf/domain';
import { IconAlertTriangle, IconEye, IconLock, IconPencil, IconWorld } from '@tabler/icons-react';
import { useRouter } from '@tanstack/react-router';
import { exactTime, liveTokens, longDateTime, plural, relativeTime, shortDateTime } from '../../lib/format.js';
import { Time } from '../../ui/time.js';
import { Tip } from '../../ui/tip.js';
import { useOpenClient } from './use-open-client.js';
import { nameRestrictions, useTeamNames } from './use-team-names.js';

/** As many names as fit beside a row. */
const NAMES_SHOWN = 10;

/** The way to the client's drawer, for the keyboard; the row does the same on a click. */
export function ClientLink({ client: { client_id, client_name } }: { client: Client }) {
  const open = useOpenClient();
  const router = useRouter();
  // The router's own link listens to every change of the address, which a thousand of them make slow: this one looks at it
  // when a hand comes near, so that what opens elsewhere keeps the list's filters.
  const prepare = ({ currentTarget }: { currentTarget: HTMLAnchorElement }) => {
    const target = { to: '/settings/oauth-clients/$client_id', params: { client_id }, search: true } as const;
    currentTarget.setAttribute('href', router.buildLocation(target).href);
    void router.preloadRoute(target);
  };
  return (
    <a
      className="b-name"
      href={`/settings/oauth-clients/${encodeURIComponent(client_id)}`}
      title={client_name}
      onMouseEnter={prepare}
      onFocus={prepare}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        open(client_id);
      }}
    >
      {client_name}
    </a>
  );
}

export function TypeMark({ client }: { client: Client }) {
  const [Icon, word] = client.client_type === 'public' ? [IconWorld, 'Public'] : [IconLock, 'Confidential'];
  return (
    <span className="b-inline b-mark b-faint">
      <Icon size={12} stroke={1.6} aria-hidden="true" />
      {word}
    </span>
  );
}

/**
 * Sums up what the drawer would warn of: 'High risk' for what had to be confirmed, else how much there is to know; the
 * reasons on hover and focus, and at any time for a screen reader.
 */
export function RiskMark({ client }: { client: Client }) {
  const { length } = client.notices;
  if (!length) return null;
  const high = clientRisks(client).length > 0;
  const reasons = (
    <ul className="b-reasons">
      {client.notices.map((notice) => (
        <li key={notice}>{NOTICE_TEXTS[notice]}</li>
      ))}
    </ul>
  );
  return (
    <Tip label={reasons}>
      <span className={high ? 'b-inline b-mark b-amber b-medium' : 'b-inline b-mark b-faint'} tabIndex={0}>
        <IconAlertTriangle size={12} stroke={1.6} aria-hidden="true" />
        {high ? 'High risk' : plural(length, 'risk', 'risks')}
        <span className="b-visually-hidden">: {client.notices.map((notice) => NOTICE_TEXTS[notice]).join('; ')}</span>
      </span>
    </Tip>
  );
}

export function SecretCell({ client: { secret, previous_secret } }: { client: Client }) {
  if (!secret) return <span className="b-faint">None (PKCE)</span>;
  return (
    <>
      <Tip label={secretUse(secret)}>
        <span className="b-mono b-masked" tabIndex={0}>
          <span aria-hidden="true">••••</span>
          <span className="b-visually-hidden">ends in </span>
          {secret.hint}
        </span>
      </Tip>
      {previous_secret && (
        <Tip label={`Works until ${longDateTime(previous_secret.expires_at)}. ${previousSecretUse(previous_secret)}`}>
          <span className="b-amber b-previous" tabIndex={0}>
            Previous secret works
            <br />
            until {shortDateTime(previous_secret.expires_at)}
          </span>
        </Tip>
      )}
    </>
  );
}

/** When and from where a secret was last used: who has not moved to the new one yet. */
function secretUse({ last_used_at, last_used_ip }: Pick<ClientSecretInfo, 'last_used_at' | 'last_used_ip'>): string {
  return last_used_at === null ? 'Never used' : `Last used ${relativeTime(last_used_at)} (${exactTime(last_used_at)}) from ${last_used_ip}`;
}

/** The same for a secret that was rotated away: what counts is whether somebody uses it still. */
function previousSecretUse(secret: Pick<PreviousSecretInfo, 'last_used_at' | 'last_used_ip' | 'uses'>): string {
  return secret.uses === 0 ? 'Not used since the rotation' : secretUse(secret);
}

export function TeamsCell({ client: { team_restrictions } }: { client: Client }) {
  const count = team_restrictions.team_ids.length + team_restrictions.organization_ids.length;
  return count ? <RestrictedTeams restrictions={team_restrictions} count={count} /> : <span className="b-badge">All teams</span>;
}

function RestrictedTeams({ restrictions, count }: { restrictions: Client['team_restrictions']; count: number }) {
  const names = useTeamNames();
  // Who may not be named is known only once everyone who may be is.
  if (!names) return <span className="b-faint">Restricted</span>;
  const { known, others } = nameRestrictions(restrictions, names);
  const all = others.length ? [...known, plural(others.length, 'other', 'others')] : known;
  const more = all.length - NAMES_SHOWN;
  return (
    <Tip label={[...all.slice(0, NAMES_SHOWN), ...(more > 0 ? [`+ ${more} more`] : [])].join(', ')}>
      <span className="b-teams-cell" tabIndex={0}>
        <span>{all[0]}</span>
        {known.length > 0 && count > 1 && <span className="b-mark">+{count - 1}</span>}
      </span>
    </Tip>
  );
}

export function ScopeCell({ client }: { client: Client }) {
  const full = client.access_preset === 'full_access';
  const Icon = full ? IconPencil : IconEye;
  return (
    <span className={full ? 'b-inline b-strong' : 'b-inline'}>
      <Icon size={14} stroke={1.6} aria-hidden="true" />
      {full ? 'Full access' : 'Read-only'}
    </span>
  );
}

export function RefreshCell({ client }: { client: Client }) {
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

/** When its tokens were last used, and how many are alive. */
export function LastUsedCell({ client: { last_used_at, live_tokens } }: { client: Client }) {
  return (
    <>
      <Time at={last_used_at} />
      {live_tokens > 0 && (
        <span className="b-mark b-faint b-live">
          {liveTokens(live_tokens)} live {live_tokens === 1 ? 'token' : 'tokens'}
        </span>
      )}
    </>
  );
}
