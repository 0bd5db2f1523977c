import { CODE_LIFETIME_SECONDS } from '@behalf/domain';
import type { AuditEntry } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { type Columns, listText, readsOf, textList } from '../platform/database/columns.js';
import { scopeBits, type TokenHandles } from './token-handle.js';

/** What a user decided on one authorization request. Every epoch was carried here from where the flow began. */
export interface Decision {
  readonly actor: Actor;
  readonly user_epoch: number;
  readonly authenticated_at: Date;
  readonly client: { client_id: string; client_name: string; organization_id: string } & Lifetimes;
  readonly client_epoch: number;
  readonly refresh_epoch: number | null;
  readonly multi_team_epoch: number;
  readonly redirect_uri: string;
  readonly code_challenge: string;
  readonly nonce: string | null;
  /** The key that the code is bound to (RFC 9449 §10); null for none. */
  readonly dpop_jkt: string | null;
  /** The id that a device's code already names; null where the grant gets a new one, and a code of its own. */
  readonly device_grant_id: string | null;
  readonly scope: readonly string[];
  readonly resources: readonly string[] | null;
  readonly team_ids: readonly string[];
  /** What answered in place of the page, as it was read; null where the page was shown. */
  readonly remembered: RememberedConsent | null;
}

interface Lifetimes {
  readonly access_token_lifetime_seconds: number;
  readonly issue_refresh_token: boolean;
  readonly refresh_token_lifetime_seconds: number;
}

export interface RememberedConsent {
  readonly team_ids: readonly string[];
  readonly scope: readonly string[];
  readonly resources: readonly string[] | null;
}

/** A grant at generation 0, as it follows from a decision. */
export interface NewGrant {
  readonly grant_id: string;
  readonly decision: Decision;
}

/** What a consent k is void without: both epochs as they were when it was given. What was forgotten wholesale is never found again. */
export const CONSENT_STANDS = `JOIN oauth_client c ON c.client_id = k.client_id AND c.consent_epoch = k.consent_epoch
  JOIN user_account u ON u.id = k.user_id AND u.epoch = k.user_epoch`;

const GRANT_COLUMNS: Columns<NewGrant> = {
  id: { type: 'uuid', of: ({ grant_id }) => grant_id },
  client_id: { type: 'text', of: ({ decision }) => decision.client.client_id },
  user_id: { type: 'uuid', of: ({ decision }) => decision.actor.user.id },
  client_epoch: { type: 'integer', of: ({ decision }) => decision.client_epoch },
  refresh_epoch: { type: 'integer', of: ({ decision }) => decision.refresh_epoch },
  multi_team_epoch: { type: 'integer', of: ({ decision }) => decision.multi_team_epoch },
  user_epoch: { type: 'integer', of: ({ decision }) => decision.user_epoch },
  team_ids: { type: 'text', of: ({ decision }) => listText(decision.team_ids), read: `${textList('w.team_ids')}::uuid[]` },
  scope: { type: 'text', of: ({ decision }) => decision.scope.join(' ') },
  redirect_uri: { type: 'text', of: ({ decision }) => decision.redirect_uri },
  code_challenge: { type: 'text', of: ({ decision }) => decision.code_challenge },
  nonce: { type: 'text', of: ({ decision }) => decision.nonce },
  authenticated_at: { type: 'timestamptz', of: ({ decision }) => decision.authenticated_at },
  refresh_token_lifetime_seconds: { type: 'integer', of: ({ decision }) => refreshLifetime(decision) },
  access_token_lifetime_seconds: { type: 'integer', of: ({ decision }) => decision.client.access_token_lifetime_seconds },
  resources: { type: 'text', of: ({ decision }) => listText(decision.resources), read: textList('w.resources') },
};

/** What a grant is made of, and what else a statement has to know of it: for `unnested` and `arraysOf`. */
export function grantColumns<Row extends NewGrant>(more: Columns<Row>): Columns<Row> {
  return { ...GRANT_COLUMNS, ...more };
}

/**
 * Makes the grants.
 *
 * @param from a table w of `grantColumns`
 * @param now a placeholder for the clock's bind value
 */
export const insertGrants = (from: string, now: string): string => `
INSERT INTO authorization_grant (${Object.keys(GRANT_COLUMNS).join(', ')}, created_at)
SELECT ${readsOf(GRANT_COLUMNS)}, coalesce(${now}::timestamptz, clock_timestamp()) FROM ${from}
RETURNING id, extract(epoch FROM created_at)::float8 AS created_at`;

/** @param created_at when the grant was made, in seconds since the epoch */
export function codeOf(handles: TokenHandles, locator: Buffer, { scope, dpop_jkt: jkt }: Decision, created_at: number): string {
  const scope_bits = scopeBits(scope, scope);
  const issued_at = Math.floor(created_at);
  return handles.encode({ kind: 'ac', locator, generation: 0, scope_bits, issued_at, lifetime_seconds: CODE_LIFETIME_SECONDS, jkt });
}

/** What the log says of a decision that allows. */
export function given({ actor, client, remembered, device_grant_id, team_ids, scope, resources }: Decision): AuditEntry {
  return {
    actor,
    organization_id: client.organization_id,
    action: 'consent.given',
    target_type: 'oauth_client',
    target_id: client.client_id,
    target_name: client.client_name,
    reason: device_grant_id !== null ? 'device' : remembered && 'remembered',
    changes: { team_ids: [null, team_ids], scope: [null, scope.join(' ')], ...(resources && { resources: [null, resources] }) },
  };
}

function refreshLifetime({ client, refresh_epoch }: Decision): number | null {
  return client.issue_refresh_token && refresh_epoch !== null ? client.refresh_token_lifetime_seconds : null;
}
