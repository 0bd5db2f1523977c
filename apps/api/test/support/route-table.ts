import type { Permission } from '@behalf/domain';
import { ADMIN, PASSWORD } from './constants.js';

/**
 * Who may call a route. A permission is judged in the organization that the caller acts in, in the one of the team or
 * organization that the call names, or only for what is not the caller's own.
 */
export type Caller =
  | 'any browser'
  | 'own browser'
  | 'signed in'
  | { readonly permission: Permission; readonly of: 'here' | 'named' | 'others'; readonly token: boolean };

/** One valid call of a route of the management API; `:name` stands for a fresh id, in the query and the body too. */
export interface RouteRow {
  readonly call: string;
  readonly who: Caller;
  readonly query?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  /** What it names belongs to the caller. */
  readonly mine?: true;
  /** What the call answers when an id is another organization's or nobody's, where that is not a 404. */
  readonly unknown?: Readonly<Record<string, string>>;
}

const here = (permission: Permission, { token = true } = {}): Caller => ({ permission, of: 'here', token });
const named = (permission: Permission): Caller => ({ permission, of: 'named', token: true });
const others = (permission: Permission, { token = true } = {}): Caller => ({ permission, of: 'others', token });

const NEW_CLIENT = { client_name: ':name', redirect_uris: ['https://app.test/callback'] };
const INVALID = '422 validation-failed';

/** Every route for people and what acts for them. A new one fails the test until it has a row here or below. */
export const ROUTE_TABLE: readonly RouteRow[] = [
  { call: 'POST /session', who: 'any browser', body: { email: ADMIN, password: PASSWORD } },
  { call: 'GET /session', who: 'own browser' },
  { call: 'DELETE /session', who: 'own browser' },
  { call: 'PUT /session/organization', who: 'own browser', body: { organization_id: ':organization_id' } },
  { call: 'PATCH /me', who: 'own browser', body: { name: ':name' } },
  { call: 'PUT /me/password', who: 'own browser', body: { current_password: PASSWORD, new_password: PASSWORD } },
  { call: 'POST /invitations/find', who: 'any browser', body: { token: ':invitation' } },
  { call: 'POST /invitations/accept', who: 'any browser', body: { token: ':invitation', password: PASSWORD } },
  { call: 'GET /authorization-requests/:request_id', who: 'any browser', mine: true },
  {
    call: 'POST /authorization-requests/:request_id/decision',
    who: 'any browser',
    mine: true,
    body: { decision: 'deny', team_ids: [] },
  },
  { call: 'POST /device-authorizations', who: 'own browser', body: { user_code: ':user_code' } },

  { call: 'GET /ui-sessions', who: 'own browser' },
  { call: 'GET /ui-sessions', who: others('SESSION_READ', { token: false }), query: 'show=organization' },
  { call: 'DELETE /ui-sessions', who: 'own browser' },
  { call: 'DELETE /ui-sessions/:session_id', who: 'own browser', mine: true },
  { call: 'DELETE /ui-sessions/:session_id', who: others('SESSION_MANAGE', { token: false }) },

  { call: 'GET /connected-apps', who: 'signed in' },
  { call: 'GET /connected-apps', who: here('SESSION_READ'), query: 'show=organization' },
  { call: 'GET /connected-apps/:client_id/tokens', who: 'signed in', mine: true, unknown: { client_id: '200' } },
  {
    call: 'GET /connected-apps/:client_id/tokens',
    who: here('SESSION_READ'),
    query: 'show=organization',
    unknown: { client_id: '200' },
  },
  { call: 'DELETE /connected-apps/:client_id/tokens', who: 'signed in', mine: true, unknown: { client_id: '200' } },
  { call: 'DELETE /connected-apps/:client_id/tokens', who: here('SESSION_MANAGE'), query: 'show=organization' },
  { call: 'DELETE /tokens/:token_id', who: 'signed in', mine: true },
  { call: 'DELETE /tokens/:token_id', who: others('SESSION_MANAGE') },
  { call: 'PATCH /tokens/:token_id', who: 'signed in', mine: true, body: { scope: 'read' } },
  { call: 'PATCH /tokens/:token_id', who: others('SESSION_MANAGE'), body: { scope: 'read' } },
  { call: 'GET /effective-access', who: 'signed in', mine: true, query: 'client_id=:client_id&user_id=:user_id' },
  { call: 'GET /effective-access', who: others('SESSION_READ'), query: 'client_id=:client_id&user_id=:user_id' },
  { call: 'GET /consents', who: 'signed in' },
  { call: 'DELETE /consents/:client_id', who: 'signed in', mine: true },

  { call: 'GET /oauth-clients', who: here('OAUTH_CLIENT_READ') },
  {
    call: 'POST /oauth-clients',
    who: here('OAUTH_CLIENT_MANAGE'),
    body: { ...NEW_CLIENT, team_restrictions: { team_ids: [':team_id'], organization_ids: [] } },
    unknown: { team_id: INVALID },
  },
  { call: 'POST /oauth-clients/impact', who: here('OAUTH_CLIENT_MANAGE'), body: { client_ids: [':client_id'] } },
  {
    call: 'POST /oauth-clients/bulk-delete',
    who: here('OAUTH_CLIENT_MANAGE'),
    body: { client_ids: [':client_id'] },
    unknown: { client_id: '409 already-gone' },
  },
  { call: 'GET /oauth-clients/:client_id', who: here('OAUTH_CLIENT_READ') },
  { call: 'GET /oauth-clients/:client_id/failures', who: here('OAUTH_CLIENT_READ') },
  { call: 'PATCH /oauth-clients/:client_id', who: here('OAUTH_CLIENT_MANAGE'), body: { version: 1, client_name: ':name' } },
  { call: 'POST /oauth-clients/:client_id/preview', who: here('OAUTH_CLIENT_MANAGE'), body: { access_preset: 'read_only' } },
  { call: 'PUT /oauth-clients/:client_id/status', who: here('OAUTH_CLIENT_MANAGE'), body: { status: 'disabled' } },
  { call: 'POST /oauth-clients/:client_id/rotate-secret', who: here('OAUTH_CLIENT_MANAGE'), body: { confirm_name: 'target' } },
  { call: 'DELETE /oauth-clients/:client_id/previous-secret', who: here('OAUTH_CLIENT_MANAGE') },
  { call: 'DELETE /oauth-clients/:client_id', who: here('OAUTH_CLIENT_MANAGE'), body: { confirm_name: 'target' } },
  { call: 'POST /oauth-clients/:client_id/delete', who: here('OAUTH_CLIENT_MANAGE'), body: { confirm_name: 'target' } },

  { call: 'GET /organizations', who: 'signed in' },
  { call: 'GET /roles', who: 'signed in' },
  { call: 'GET /teams', who: 'signed in', query: 'organization_id=:organization_id', unknown: { organization_id: '200' } },
  { call: 'POST /teams', who: named('TEAM_MANAGE'), body: { name: ':name', organization_id: ':organization_id' } },
  { call: 'GET /teams/:team_id', who: named('TEAM_READ') },
  { call: 'PATCH /teams/:team_id', who: named('TEAM_MANAGE'), body: { name: ':team_name' } },
  { call: 'GET /teams/:team_id/members', who: named('TEAM_READ') },
  { call: 'PUT /teams/:team_id/members/:user_id', who: named('TEAM_MANAGE'), body: { role: 'read_only_user' } },
  { call: 'DELETE /teams/:team_id/members/:user_id', who: named('TEAM_MANAGE') },
  { call: 'GET /users', who: here('USER_READ') },
  {
    call: 'POST /users',
    who: here('USER_MANAGE'),
    body: { email: ':email', name: ':name', memberships: [{ team_id: ':team_id', role: 'read_only_user' }] },
    unknown: { team_id: INVALID },
  },
  { call: 'GET /users/:user_id', who: here('USER_READ') },
  { call: 'PATCH /users/:user_id', who: here('USER_MANAGE'), body: { name: ':name' } },
  { call: 'GET /users/:user_id/impact', who: here('USER_READ'), query: 'team_id=:team_id' },
  { call: 'POST /users/:user_id/reset-password', who: here('USER_MANAGE', { token: false }) },
  { call: 'GET /audit-events', who: here('AUDIT_READ'), query: 'client_id=:client_id', unknown: { client_id: '200' } },
  {
    call: 'GET /audit-events/export',
    who: here('AUDIT_READ'),
    query: 'format=ndjson&user_id=:user_id',
    unknown: { user_id: '200' },
  },
];

/** Routes that a client calls as itself, when it is marked as resource server. */
export const CLIENT_ROUTES: readonly Pick<RouteRow, 'call' | 'body'>[] = [
  {
    call: 'POST /audit-events',
    body: { events: [{ id: ':event_id', token_id: ':token_id', operation: 'GET /orders', result: 'success' }] },
  },
];

/** What is the same for everybody, and guarded by nothing. */
export const OPEN_ROUTES: readonly string[] = ['GET /api/v1/openapi.json'];
