import type { ActiveToken, Membership, TokenResponse, UserInfo } from '@behalf/domain';
import fastJson from 'fast-json-stringify';
import type { Reply } from '../platform/http/request.js';

const text = { type: 'string' } as const;
const whole = { type: 'integer' } as const;

const stringifyTokens = fastJson({
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in', 'scope'],
  properties: { access_token: text, token_type: text, expires_in: whole, scope: text, refresh_token: text, id_token: text },
});

const team = { type: 'object', properties: { id: text, name: text, organization_id: text } } as const;

const stringifyUserInfo = fastJson({
  type: 'object',
  properties: {
    sub: text,
    email: text,
    email_verified: { type: 'boolean' },
    name: text,
    authorized_teams: { type: 'array', items: team },
    teams: { type: 'array', items: team },
  },
});

const INACTIVE = JSON.stringify({ active: false });

export function tokensBody(answer: TokenResponse): string {
  return stringifyTokens(answer);
}

/** What introspection tells of a live token; its teams are told twice, as a list and with the user's role in each. */
export interface Introspected extends Omit<ActiveToken, 'active' | 'authorized_team_ids' | 'team_roles'> {
  readonly teams: readonly Pick<Membership, 'team_id' | 'role'>[];
}

/**
 * Inactive is exactly `{"active":false}`, whatever the reason (RFC 7662 §2.2). Written out by hand, since it stands in front of every
 * call of an API: members with a user's teams for their names are what engines are slowest at. Ids, roles, thumbprints and scopes (RFC 6749 §3.3)
 * hold nothing that JSON escapes; what people and administrators chose may.
 */
export function introspectionBody(token: Introspected | null): string {
  if (!token) return INACTIVE;
  let ids = '';
  let roles = '';
  for (const { team_id, role } of token.teams) {
    const comma = ids && ',';
    ids += `${comma}"${team_id}"`;
    roles += `${comma}"${team_id}":"${role}"`;
  }
  return (
    `{"active":true,"scope":"${token.scope}","client_id":"${token.client_id}","exp":${token.exp},"iat":${token.iat},"sub":"${token.sub}",` +
    `"username":${JSON.stringify(token.username)}${token.token_type ? `,"token_type":"${token.token_type}"` : ''}${token.cnf ? `,"cnf":{"jkt":"${token.cnf.jkt}"}` : ''},` +
    `"aud":${JSON.stringify(token.aud)},"iss":${JSON.stringify(token.iss)},"jti":"${token.jti}","token_id":"${token.token_id}",` +
    `"authorized_team_ids":[${ids}],"team_roles":{${roles}}}`
  );
}

export function userInfoBody(answer: UserInfo): string {
  return stringifyUserInfo(answer);
}

/** Through the framework, what an endpoint has answered. */
export function sendJson(reply: Reply, body: string): void {
  void reply.status(200).header('content-type', 'application/json; charset=utf-8').send(body);
}
