import { CODE_LIFETIME_SECONDS, DEVICE_CODE_LIFETIME_SECONDS } from './token-lifetime.js';

/** Instants here are seconds since the epoch, with a fraction, as the database clock gave them. */
export type Seconds = number;

/** What an authorization grant, its client and its user say at one instant; all of it read in one statement. */
export interface GrantFacts {
  readonly generation: number;
  /** When the user consented; the grant's end counts from here. */
  readonly created_at: Seconds;
  readonly rotated_at: Seconds | null;
  readonly revoked: boolean;
  /** The grant's own lifetimes, as they were when they were issued. */
  readonly access_token_lifetime_seconds: number;
  readonly refresh_token_lifetime_seconds: number | null;
  /** The client's lifetimes as they are now. */
  readonly client_access_token_lifetime_seconds: number;
  readonly client_refresh_token_lifetime_seconds: number;
  /** Each is true while the epoch that the grant carries is still the current one and the thing itself is on. */
  readonly client_live: boolean;
  readonly user_live: boolean;
  readonly teams_live: boolean;
  readonly refresh_live: boolean;
}

/** What one access token says of itself, besides its grant. */
export interface AccessTokenFacts {
  readonly generation: number;
  readonly issued_at: Seconds;
  readonly lifetime_seconds: number;
}

/** Whole seconds, as tokens carry them. */
export function wholeSeconds(instant: Seconds): number {
  return Math.floor(instant);
}

/** When the code of a grant ends (RFC 6749 §4.1.2). */
export function codeEnd(grant: Pick<GrantFacts, 'created_at'>): Seconds {
  return grant.created_at + CODE_LIFETIME_SECONDS;
}

/**
 * When a grant ends: with a live refresh token at consent + the smaller of its own and the client's lifetime now,
 * else with its newest access token. No rotation moves the former (RFC 9700 §4.14.2).
 */
export function grantEnd(grant: GrantFacts): Seconds {
  if (grant.refresh_live && grant.refresh_token_lifetime_seconds !== null) return refreshEnd(grant, grant.refresh_token_lifetime_seconds);
  if (grant.rotated_at === null) return codeEnd(grant);
  return wholeSeconds(grant.rotated_at) + Math.min(grant.access_token_lifetime_seconds, grant.client_access_token_lifetime_seconds);
}

/**
 * When an access token ends: at its issue + the smaller of its own lifetime and the client's lifetime now, and never
 * after its grant. Shortening a client's lifetime therefore acts on live tokens without touching a row.
 */
export function accessTokenEnd(token: AccessTokenFacts, grant: GrantFacts): Seconds {
  const own = token.issued_at + Math.min(token.lifetime_seconds, grant.client_access_token_lifetime_seconds);
  if (!grant.refresh_live || grant.refresh_token_lifetime_seconds === null) return own;
  return Math.min(own, refreshEnd(grant, grant.refresh_token_lifetime_seconds));
}

/** The lifetime of an access token that is issued at `now`: the client's, cut where the grant ends before. */
export function accessTokenLifetime(grant: GrantFacts, now: Seconds): number {
  const whole = grant.client_access_token_lifetime_seconds;
  if (!grant.refresh_live || grant.refresh_token_lifetime_seconds === null) return whole;
  return Math.max(0, Math.min(whole, refreshEnd(grant, grant.refresh_token_lifetime_seconds) - wholeSeconds(now)));
}

/** Whether nothing that is final stands against a grant: client, user, team selection, revocation. */
export function isGrantLive(grant: GrantFacts): boolean {
  return grant.client_live && grant.user_live && grant.teams_live && !grant.revoked;
}

/** Whether an access token may be used at `now` by someone whose effective teams are counted. */
export function isAccessTokenActive(token: AccessTokenFacts, grant: GrantFacts, effective_teams: number, now: Seconds): boolean {
  return (
    isGrantLive(grant) &&
    token.generation >= 1 &&
    token.generation <= grant.generation &&
    now < accessTokenEnd(token, grant) &&
    effective_teams > 0
  );
}

/** Whether a refresh token would be honoured at `now`, its generation apart. */
export function isRefreshTokenActive(grant: GrantFacts, effective_teams: number, now: Seconds): boolean {
  return isGrantLive(grant) && grant.refresh_live && now < grantEnd(grant) && effective_teams > 0;
}

/** How a row of Connected apps stands; `suspended` is live, but nothing is left of consent ∩ client ∩ user. */
export function tokenStatus(grant: GrantFacts, effective_teams: number, now: Seconds): 'active' | 'suspended' | 'expired' | 'revoked' {
  if (!isGrantLive(grant)) return 'revoked';
  if (now >= grantEnd(grant)) return 'expired';
  return effective_teams > 0 ? 'active' : 'suspended';
}

/** What a client presents to rotate a grant: its code, its device code, or a refresh token. */
export interface Presented {
  readonly kind: 'code' | 'device_code' | 'refresh_token';
  readonly client_id: string;
  readonly generation: number;
  /** Unique to this HTTP request. */
  readonly request_id: string;
  /** PKCE verifier and redirect URI fit the grant; always true for what has neither. */
  readonly proven: boolean;
  /** Seconds during which the immediate predecessor gets the same answer again; 0 is strict. */
  readonly replay_seconds: number;
}

export type RotationVerdict =
  /** Touch nothing: not a use of this grant by its own client. */
  | 'refused'
  /** Our own earlier attempt got through; only its acknowledgement was lost. */
  | 'done'
  /** A good handle ahead of its row: the database lost history. */
  | 'history_lost'
  | 'reused'
  | 'dead'
  | 'expired'
  /** The immediate predecessor inside the window: the same answer again. */
  | 'replayed'
  | 'rotate';

export interface RotationFacts extends GrantFacts {
  readonly client_id: string;
  readonly rotated_request_id: string | null;
  /** The concrete redirect URI of the code is still registered. */
  readonly redirect_uri_live: boolean;
}

/**
 * The order of judgement for code and refresh token. 'No' never needs a lock: the facts it rests on move one way only.
 * RFC 9700 §4.14.2 (reuse of a refresh token), OAuth 2.1 §4.1.3 (reuse of a code).
 */
export function judgeRotation(presented: Presented, grant: RotationFacts | null, effective_teams: number, now: Seconds): RotationVerdict {
  if (!grant || grant.client_id !== presented.client_id || !presented.proven) return 'refused';
  if (grant.rotated_request_id === presented.request_id) return 'done';
  const behind = grant.generation - presented.generation;
  if (behind < 0) return 'history_lost';
  if (behind > 0 && !isReplay(presented, grant, behind, now)) return 'reused';
  if (!isGrantLive(grant) || effective_teams === 0) return 'dead';
  if (presented.kind === 'code' && !grant.redirect_uri_live) return 'dead';
  if (presented.kind === 'refresh_token' && !grant.refresh_live) return 'dead';
  if (now >= END_OF[presented.kind](grant)) return 'expired';
  return behind === 0 ? 'rotate' : 'replayed';
}

/** A device's own end is that of its request; a grant that nobody fetched does not outlive the longest of those. */
const END_OF: Readonly<Record<Presented['kind'], (grant: GrantFacts) => Seconds>> = {
  code: codeEnd,
  device_code: ({ created_at }) => created_at + DEVICE_CODE_LIFETIME_SECONDS,
  refresh_token: grantEnd,
};

function isReplay(presented: Presented, grant: GrantFacts, behind: number, now: Seconds): boolean {
  if (presented.kind !== 'refresh_token' || behind !== 1 || presented.replay_seconds === 0 || grant.rotated_at === null) return false;
  // An age below zero is a clock that was set back; it counts as zero.
  return Math.max(0, now - grant.rotated_at) <= presented.replay_seconds;
}

function refreshEnd(grant: GrantFacts, own_lifetime_seconds: number): Seconds {
  return wholeSeconds(grant.created_at) + Math.min(own_lifetime_seconds, grant.client_refresh_token_lifetime_seconds);
}
