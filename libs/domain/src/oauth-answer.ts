import type { OAuthErrorCode } from './errors.js';
import type { Role } from './permission.js';
import type { TeamRef } from './wire.js';

/** What the OAuth endpoints answer. */
export interface TokenResponse {
  access_token: string;
  /** `DPoP` for a token that is bound to the key of the proof that came with the request (RFC 9449 §5). */
  token_type: 'Bearer' | 'DPoP';
  expires_in: number;
  scope: string;
  refresh_token?: string;
  id_token?: string;
}

/** RFC 8628 §3.2; times in seconds. */
export interface DeviceAuthorizationResponse {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

/** RFC 9126 §2.2. */
export interface PushedRequestResponse {
  request_uri: string;
  /** Seconds. */
  expires_in: number;
}

/** What every reference of ours begins with; all other request URIs are addresses, which are not fetched. */
export const PUSHED_REQUEST_URI_PREFIX = 'urn:ietf:params:oauth:request_uri:';

export type Introspection =
  | { active: false }
  | {
      active: true;
      scope: string;
      client_id: string;
      /** Seconds since the epoch, like `iat`. */
      exp: number;
      iat: number;
      sub: string;
      username: string;
      /** Not for a refresh token. */
      token_type?: 'Bearer' | 'DPoP';
      /** The key that the token is bound to, by its thumbprint (RFC 9449 §6.2); only of one that is. */
      cnf?: { jkt: string };
      /** The issuer, where the token is for no resource in particular. */
      aud: string | string[];
      iss: string;
      jti: string;
      token_id: string;
      authorized_team_ids: string[];
      team_roles: Record<string, Role>;
    };

/** What a live access token says to the API that was shown it. */
export type ActiveToken = Extract<Introspection, { active: true }>;

export interface UserInfo {
  sub: string;
  email: string;
  email_verified: boolean;
  name: string;
  authorized_teams: TeamRef[];
  teams: TeamRef[];
}

export interface OAuthErrorDocument {
  error: OAuthErrorCode;
  error_description: string;
}
