import type { Introspection, TokenResponse, UserInfo } from '@behalf/domain';
import fastJson from 'fast-json-stringify';
import type { Reply } from '../platform/http/request.js';

const text = { type: 'string' } as const;
const whole = { type: 'integer' } as const;

const stringifyTokens = fastJson({
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in', 'scope'],
  properties: { access_token: text, token_type: text, expires_in: whole, scope: text, refresh_token: text, id_token: text },
});

const introspected = {
  active: { type: 'boolean' },
  scope: text,
  client_id: text,
  exp: whole,
  iat: whole,
  sub: text,
  username: text,
  token_type: text,
  cnf: { type: 'object', properties: { jkt: text } },
  iss: text,
  jti: text,
  token_id: text,
  authorized_team_ids: { type: 'array', items: text },
  team_roles: { type: 'object', additionalProperties: text },
} as const;

/** One for each form of `aud`: a schema that allows both is judged anew at every answer. */
const stringifyIntrospection = fastJson({ type: 'object', required: ['active'], properties: { ...introspected, aud: text } });
const stringifyForSeveral = fastJson({
  type: 'object',
  required: ['active'],
  properties: { ...introspected, aud: { type: 'array', items: text } },
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

/** Inactive is exactly `{"active":false}`, whatever the reason (RFC 7662 §2.2). */
export function introspectionBody(answer: Introspection): string {
  if (!answer.active) return INACTIVE;
  return typeof answer.aud === 'string' ? stringifyIntrospection(answer) : stringifyForSeveral(answer);
}

export function userInfoBody(answer: UserInfo): string {
  return stringifyUserInfo(answer);
}

/** Through the framework, what an endpoint has answered. */
export function sendJson(reply: Reply, body: string): void {
  void reply.status(200).header('content-type', 'application/json; charset=utf-8').send(body);
}
