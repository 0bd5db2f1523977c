import type { ProblemName, Violation } from './errors.js';
import type { Permission, Role } from './permission.js';
import type { AccessPreset } from './scope.js';

/** What the management API says, under its name on the wire: the same in the database, in the API and in the admin app. */
export type { AccessPreset };
export type ClientType = 'confidential' | 'public';
export type AppType = 'user_authorized';
export type TeamSelection = 'single' | 'multiple';
export type ClientStatus = 'enabled' | 'disabled';
export type UserStatus = 'active' | 'disabled';

/**
 * ISO 8601, UTC.
 *
 * @format date-time
 */
export type Timestamp = string;

/** Both empty: every team of the client's own organization. */
export interface TeamRestrictions {
  team_ids: string[];
  organization_ids: string[];
}

export interface ClientSettings {
  client_name: string;
  client_type: ClientType;
  app_type: AppType;
  team_selection: TeamSelection;
  team_restrictions: TeamRestrictions;
  access_preset: AccessPreset;
  access_token_lifetime_seconds: number;
  issue_refresh_token: boolean;
  refresh_token_lifetime_seconds: number;
  redirect_uris: string[];
  resource_server: boolean;
  /** The identifiers of the API behind a resource server (RFC 8707), which tokens can be bound to. */
  resources: string[];
  /** Takes authorization requests that were pushed alone (RFC 9126 §5). */
  require_pushed_authorization_requests: boolean;
  /** Gets tokens that are bound to a key alone (RFC 9449 §5.2). */
  dpop_bound_access_tokens: boolean;
  /** May ask for a user who is elsewhere, by a code (RFC 8628). */
  device_authorization: boolean;
}

export type RiskCode = 'long_lived_full_access';

export type NoticeCode =
  'full_access' | 'long_access_lifetime' | 'refresh_over_30_days' | 'unrestricted_teams' | 'loopback_only' | 'unused_90_days';

export interface ClientSecretInfo {
  hint: string;
  created_at: Timestamp;
  last_used_at: Timestamp | null;
  last_used_ip: string | null;
}

export interface PreviousSecretInfo {
  hint: string;
  expires_at: Timestamp;
  last_used_at: Timestamp | null;
  last_used_ip: string | null;
  uses: number;
}

export interface UserRef {
  id: string;
  email: string;
  name: string;
}

export interface Client extends ClientSettings {
  client_id: string;
  status: ClientStatus;
  status_reason: string | null;
  resume_at: Timestamp | null;
  secret: ClientSecretInfo | null;
  previous_secret: PreviousSecretInfo | null;
  notices: NoticeCode[];
  created_at: Timestamp;
  created_by: UserRef | null;
  updated_at: Timestamp;
  last_used_at: Timestamp | null;
  live_tokens: number;
  version: number;
}

export interface CreatedClient {
  client: Client;
  client_secret?: string;
}

export interface RotatedSecret {
  client_secret: string;
  previous_secret_expires_at: Timestamp | null;
}

export interface ClientPreview {
  ends: number;
  narrows: number;
  risks: RiskCode[];
}

export interface Impact {
  live_tokens: number;
  users: number;
  last_used_at: Timestamp | null;
}

export interface UserImpact {
  live_tokens: number;
  clients: number;
}

export interface ClientFailure {
  at: Timestamp;
  endpoint: string;
  /** One of FAILURE_REASONS. */
  reason: string;
  /** What was sent and did not fit; of a secret only its hint, of a code or token nothing. */
  received: string | null;
  registered: string[] | null;
  request_id: string;
  ip_address: string | null;
}

/** Rows of one page of a list. */
export const LIST_LIMIT = { min: 1, max: 200, default: 50 } as const;
/** Up to here a list's total is exact. */
export const LIST_TOTAL_CAP = 10_000;
/** Up to here a list counts the live tokens of a client exactly. */
export const LIVE_TOKENS_CAP = 1000;

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
  /** Exact up to 10,000. */
  total: number;
  total_is_capped: boolean;
}

export interface Organization {
  id: string;
  name: string;
}

export interface TeamRef {
  id: string;
  name: string;
  organization_id: string;
}

export interface Team extends TeamRef {
  members: number;
}

export interface RoleInfo {
  role: Role;
  name: string;
  permissions: Permission[];
}

export interface User extends UserRef {
  status: UserStatus;
  /** Only its administrators decide on name, status and password. */
  home_organization_id: string;
  /** False until the invitation was accepted. */
  has_password: boolean;
  /** Until when an open link sets the password; only the home organization is told. */
  invitation_expires_at: Timestamp | null;
  teams: { id: string; name: string; role: Role }[];
}

export interface InvitedUser {
  user: User;
  invitation_url: string;
}

/** Whom a link that was not used yet lets set a password. */
export interface OpenInvitation {
  user: Pick<UserRef, 'email' | 'name'>;
  organization_name: string;
  expires_at: Timestamp;
  /** The user has one already: the link resets it. */
  has_password: boolean;
}

export interface Member {
  user: UserRef;
  role: Role;
}

export interface SessionInfo {
  user: UserRef;
  organization: Organization;
  organizations: Organization[];
  permissions: Permission[];
  /** Where integrations find this server; the browser may have come by another name. */
  issuer: string;
  /** Whom to ask for a permission, when the server names somebody. */
  support_url: string | null;
}

export interface SelectableTeam extends TeamRef {
  organization_name: string;
}

export interface AuthorizationRequestDetails {
  client_name: string;
  redirect_host: string;
  access_preset: AccessPreset;
  scope: string;
  access_token_lifetime_seconds: number;
  /** Null: it cannot renew access on its own. */
  refresh_token_lifetime_seconds: number | null;
  team_selection: TeamSelection;
  selectable_teams: SelectableTeam[];
  remembered_team_ids: string[];
  organization: Organization;
  loopback: boolean;
  /** Where alone the token will be used, as far as that was asked for; empty: wherever it is taken. */
  resources: string[];
  /** When and from where a device asked that has no browser of its own; null for a request of the browser's. Nothing is sent back then. */
  device: DeviceOrigin | null;
  login_hint: string | null;
  user: UserRef;
}

export interface DeviceOrigin {
  requested_at: Timestamp;
  ip_address: string | null;
  location: string;
}

/** What is told before somebody has signed in. */
export interface AuthorizationRequestHint {
  client_name: string;
  login_hint: string | null;
  user: null;
}

export interface AuthorizationDecision {
  decision: 'allow' | 'deny';
  team_ids: string[];
}

export interface ConnectedApp {
  client_id: string;
  client_name: string;
  /** Exact up to 1,000. */
  live_tokens: number;
  /** Those that ended lately, where they are asked for; exact up to 1,000. */
  ended_tokens?: number;
}

export type TokenStatus = 'active' | 'suspended' | 'expired' | 'revoked';

export interface TokenRow {
  token_id: string;
  status: TokenStatus;
  created_at: Timestamp;
  last_used_at: Timestamp | null;
  expires_at: Timestamp;
  /** When it was revoked, or ran out; null while it lives, and where it ended with its client or user as a whole. */
  ended_at: Timestamp | null;
  scope: string;
  teams: TeamRef[];
  /** What the authorization still holds, whatever of it counts now. */
  granted: { scope: string; teams: TeamRef[] };
  /** The APIs that it is for alone; none where it is for no one in particular. */
  resources: string[];
  user: UserRef;
}

export interface UiSession {
  session_id: string;
  current: boolean;
  client: { browser: string; os: string; device: string };
  location: string;
  status: 'active' | 'idle';
  ip_address: string | null;
  last_active_at: Timestamp;
  expires_at: Timestamp;
  user: UserRef;
}

export interface ConsentRow {
  client_id: string;
  client_name: string;
  scope: string;
  teams: TeamRef[];
  /** The APIs that it is for alone; none where it is for no one in particular. */
  resources: string[];
  given_at: Timestamp;
}

/** Why a side of consent ∩ client ∩ user takes a team or a permission away. */
export type AccessReason =
  | 'no_consent'
  | 'team_not_consented'
  | 'consent_read_only'
  | 'consent_sign_in_only'
  | 'client_paused'
  | 'team_restricted'
  | 'preset_read_only'
  | 'user_disabled'
  | 'not_a_member'
  | 'no_team_counts'
  | 'role_in_other_team'
  | 'role_lacks_permission'
  | 'not_in_one_token';

export interface EffectiveAccess {
  client: {
    client_id: string;
    client_name: string;
    status: ClientStatus;
    access_preset: AccessPreset;
    /** It may act on some teams alone. */
    restricted: boolean;
  };
  user: UserRef & { status: UserStatus };
  /** What the consent side rests on: live tokens, or the approval that is remembered while there is none. */
  basis: 'tokens' | 'approval' | 'none';
  live_tokens: number;
  /** Of all that it rests on together. */
  consented_scope: string;
  teams: {
    id: string;
    name: string;
    /** The user's, in this team. */
    role: Role | null;
    consent: boolean;
    client: boolean;
    user: boolean;
    result: boolean;
    reasons: AccessReason[];
  }[];
  permissions: {
    permission: Permission;
    consent: boolean;
    client: boolean;
    user: boolean;
    result: boolean;
    /** Where it holds now. */
    team_ids: string[];
    reasons: AccessReason[];
  }[];
}

/** RFC 9457, with the members that some names bring along. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail?: string;
  errors?: Violation[];
  permission?: Permission;
  risks?: RiskCode[];
  missing?: string[];
  your_version?: number;
  current?: Client;
}

/** The name of a problem, out of its `type`. */
export function problemName(document: Pick<ProblemDocument, 'type'>): ProblemName {
  return document.type.slice(document.type.lastIndexOf('#') + 1) as ProblemName;
}
