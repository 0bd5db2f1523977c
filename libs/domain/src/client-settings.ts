import type { Violation } from './errors.js';
import { checkRedirectUris, isLoopbackRedirectUri } from './redirect-uri.js';
import { checkResources } from './resource.js';
import {
  ACCESS_TOKEN_LIFETIME,
  checkAccessTokenLifetime,
  checkRefreshTokenLifetime,
  type LifetimeLimits,
  REFRESH_TOKEN_LIFETIME,
  refreshTokenRisk,
  UNUSED_CLIENT_SECONDS,
} from './token-lifetime.js';
import type { ClientSettings, NoticeCode, RiskCode } from './wire.js';

export const CLIENT_NAME_MAX = 100;
export const BULK_DELETE_MAX = 500;
export const STATUS_REASON_MAX = 200;
export const TEAM_RESTRICTIONS_MAX = 1000;

/** What a server's settings change about the rules. */
export interface SettingsLimits extends LifetimeLimits {
  readonly allow_ipv6_loopback: boolean;
  /** Whose own API no resource server may stand for; undefined where it is not known. */
  readonly issuer?: string | undefined;
}

export const DEFAULT_LIMITS: SettingsLimits = {
  min_access_seconds: ACCESS_TOKEN_LIFETIME.min,
  min_refresh_seconds: REFRESH_TOKEN_LIFETIME.min,
  allow_ipv6_loopback: false,
};

/** Everything that a request may leave out. */
export const DEFAULT_CLIENT_SETTINGS: Omit<ClientSettings, 'client_name' | 'redirect_uris'> = {
  client_type: 'confidential',
  app_type: 'user_authorized',
  team_selection: 'single',
  team_restrictions: { team_ids: [], organization_ids: [] },
  access_preset: 'read_only',
  access_token_lifetime_seconds: ACCESS_TOKEN_LIFETIME.default,
  issue_refresh_token: false,
  refresh_token_lifetime_seconds: REFRESH_TOKEN_LIFETIME.default,
  resource_server: false,
  resources: [],
  require_pushed_authorization_requests: false,
  dpop_bound_access_tokens: false,
  device_authorization: false,
};

/** Control, bidi, zero-width and other invisible characters: a name with one of these can pose as another name. */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/u;

/** Whether a text holds what is not seen, or turns around what stands beside it. */
export function hasInvisible(text: string): boolean {
  return INVISIBLE.test(text);
}

/** The rule that a displayed name breaks, if any: of a client, a user, a team. */
export function checkDisplayName(name: string, pointer: string, what: string, max: number): Violation | null {
  if (name === '') return { pointer, code: 'required', detail: `Enter ${what}.` };
  if (hasInvisible(name)) return { pointer, code: 'invisible', detail: 'Remove control, direction and invisible characters.' };
  if (name !== name.trim()) return { pointer, code: 'outer-space', detail: 'Remove the space at the start or end.' };
  if ([...name].length > max) return { pointer, code: 'too-long', detail: `Use at most ${max} characters.` };
  return null;
}

/** The rule that a client name breaks, if any. It need not be unique. */
export function checkClientName(name: string): Violation | null {
  return checkDisplayName(name, '/client_name', 'a client name', CLIENT_NAME_MAX);
}

/** Every rule that settings break, each at its field; the same on the server and in the drawer. */
export function checkClientSettings(settings: ClientSettings, limits: SettingsLimits = DEFAULT_LIMITS): Violation[] {
  const violations: (Violation | null)[] = [
    checkClientName(settings.client_name),
    checkAppType(settings.app_type),
    checkResourceServer(settings),
    checkAccessTokenLifetime(settings.access_token_lifetime_seconds, limits),
    checkRefreshTokenLifetime(
      settings.refresh_token_lifetime_seconds,
      settings.access_token_lifetime_seconds,
      settings.issue_refresh_token,
      limits,
    ),
    ...checkRedirectUris(settings.redirect_uris, {
      allow_ipv6_loopback: limits.allow_ipv6_loopback,
      may_be_empty: mayLackRedirectUris(settings),
    }),
    ...checkResources(settings, limits.issuer),
  ];
  return violations.filter((violation) => violation !== null);
}

/** An API of one's own sends nobody anywhere, and a device without a browser has nowhere to be sent back to. */
export function mayLackRedirectUris(settings: Pick<ClientSettings, 'resource_server' | 'device_authorization'>): boolean {
  return settings.resource_server || settings.device_authorization;
}

/** What has to be confirmed by whoever saves these settings: full access for longer than the default hour. */
export function clientRisks(settings: Pick<ClientSettings, 'access_preset' | 'access_token_lifetime_seconds'>): RiskCode[] {
  const long = settings.access_token_lifetime_seconds > ACCESS_TOKEN_LIFETIME.default;
  return settings.access_preset === 'full_access' && long ? ['long_lived_full_access'] : [];
}

/** The risks that are still unconfirmed: on create, and on an edit that enters the state or lengthens the lifetime inside it. */
export function risksToConfirm(before: ClientSettings | null, after: ClientSettings, confirmed: readonly RiskCode[]): RiskCode[] {
  const same =
    before !== null && clientRisks(before).length > 0 && after.access_token_lifetime_seconds <= before.access_token_lifetime_seconds;
  return same ? [] : clientRisks(after).filter((risk) => !confirmed.includes(risk));
}

/** What a list marks about a client; `now` in milliseconds, like the dates. */
export function clientNotices(settings: ClientSettings, use: { last_used_at: Date | null; created_at: Date; now: Date }): NoticeCode[] {
  const idle_seconds = (use.now.getTime() - (use.last_used_at ?? use.created_at).getTime()) / 1000;
  const { team_ids, organization_ids } = settings.team_restrictions;
  const marks: [NoticeCode, boolean][] = [
    ['full_access', settings.access_preset === 'full_access'],
    ['long_access_lifetime', settings.access_token_lifetime_seconds > ACCESS_TOKEN_LIFETIME.default],
    ['refresh_over_30_days', settings.issue_refresh_token && refreshTokenRisk(settings.refresh_token_lifetime_seconds) !== 'informational'],
    ['unrestricted_teams', !team_ids.length && !organization_ids.length],
    ['loopback_only', settings.redirect_uris.length > 0 && settings.redirect_uris.every(isLoopbackRedirectUri)],
    ['unused_90_days', idle_seconds > UNUSED_CLIENT_SECONDS],
  ];
  return marks.filter(([, marked]) => marked).map(([code]) => code);
}

/** What a risk means and what to do instead. */
export const RISK_TEXTS: Readonly<Record<RiskCode, { title: string; text: string }>> = {
  long_lived_full_access: {
    title: 'Full access with a long access token lifetime',
    text: 'A leaked token could modify and delete data for all of that time. Keep such tokens short-lived and renew them with a refresh token unless your use case requires otherwise.',
  },
};

/** The reasons behind a row's marks. */
export const NOTICE_TEXTS: Readonly<Record<NoticeCode, string>> = {
  full_access: 'Full access: it can modify and delete data',
  long_access_lifetime: 'Access tokens live longer than an hour',
  refresh_over_30_days: 'Refresh tokens live longer than 30 days',
  unrestricted_teams: 'Every team of the organization is allowed',
  loopback_only: 'Only loopback redirect URIs: any program on the device could ask',
  unused_90_days: 'Not used for 90 days',
};

function checkAppType(app_type: string): Violation | null {
  if (app_type === 'user_authorized') return null;
  const detail = app_type === 'service_to_service' ? 'Service to service is coming soon.' : 'Choose User-authorized app.';
  return { pointer: '/app_type', code: 'not-available', detail };
}

function checkResourceServer(settings: ClientSettings): Violation | null {
  if (!settings.resource_server || settings.client_type === 'confidential') return null;
  return { pointer: '/resource_server', code: 'not-confidential', detail: 'Only a client with a secret can be a resource server.' };
}
