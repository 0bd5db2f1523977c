import type { FailureReason } from '@behalf/domain';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { LiveClient } from '../client/index.js';
import { parseForm, rawQuery } from '../platform/http/form.js';
import { originOf, type Request } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import { parseBasic } from './basic-credentials.js';
import { type ClientCredentials, type ClientEndpoint, ClientProof } from './client-proof.js';
import { type Lookup, Tokens } from './tokens.js';
import { REALM } from '../platform/access/bearer-challenge.js';

/** Every parameter that token, revoke and introspect know; the rest is ignored (OAuth 2.1 §3.2). */
export const CLIENT_PARAMETERS: ReadonlySet<string> = new Set([
  'grant_type',
  'code',
  'code_verifier',
  'device_code',
  'redirect_uri',
  'refresh_token',
  'scope',
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
]);

/** A request whose client has proven who it is. */
export interface ClientRequest extends Request {
  client: LiveClient;
  form: Readonly<Record<string, string>>;
  /** Of the introspection endpoint: the token, being read meanwhile. */
  lookup?: Lookup;
}

/**
 * Client authentication (OAuth 2.1 §2.4): Basic or body for confidential clients, `client_id` alone for public ones. It guards
 * the endpoints that a client calls; the client is on the request afterwards. A guard and no Passport strategy: what Passport
 * builds around a strategy for each request takes as long as all of the rest of the guard.
 */
@Injectable()
export class ClientAuthentication implements CanActivate {
  constructor(
    private readonly proof: ClientProof,
    private readonly tokens: Tokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<ClientRequest>();
    request.client = await this.#authenticate(request);
    return true;
  }

  /** @throws OAuthError `invalid_request` for what is contradictory, `invalid_client` for everything that fails to prove */
  async #authenticate(request: ClientRequest): Promise<LiveClient> {
    request.form = parseForm(request.body, rawQuery(request.url), CLIENT_PARAMETERS);
    const { client_id, ...rest } = credentials(request.headers.authorization, request.form);
    if (client_id === undefined || request.form['client_assertion'] || request.form['client_assertion_type']) {
      throw invalidClient('no usable client credentials');
    }
    const origin = originOf(request);
    demandPatience(this.proof.wait(client_id, origin));
    request.client_id = client_id;
    const endpoint = endpointOf(request);
    if (request.form['token'] && endpoint === 'introspect') request.lookup = this.tokens.lookUp(request.form['token']);
    const judged = await this.proof.judge({ client_id, ...rest }, endpoint, origin);
    if (judged.client) return judged.client;
    demandPatience(judged.wait);
    throw invalidClient(judged.reason);
  }
}

/** The endpoint's own name, for the client's recent failures. */
export function endpointOf(request: Request): Exclude<ClientEndpoint, 'audit-events'> {
  return request.routeOptions.url?.slice('/oauth2/'.length) as Exclude<ClientEndpoint, 'audit-events'>;
}

/** @throws OAuthError 429 with Retry-After (RFC 6585 §4) when there are seconds to wait */
export function demandPatience(seconds: number): void {
  if (seconds === 0) return;
  throw new OAuthError('temporarily_unavailable', {
    status: 429,
    detail: 'too many failures',
    headers: { 'retry-after': String(seconds) },
  });
}

/** 401 with the challenge that RFC 6749 §5.2 asks for; the code stands in it too, for clients that read only the challenge. */
export function invalidClient(detail: string, reason?: FailureReason): OAuthError {
  return new OAuthError('invalid_client', {
    detail,
    ...(reason && { reason }),
    headers: { 'www-authenticate': `Basic realm="${REALM}", error="invalid_client"` },
  });
}

type Credentials = Omit<ClientCredentials, 'client_id'> & { readonly client_id: string | undefined };

function credentials(authorization: string | undefined, form: Readonly<Record<string, string>>): Credentials {
  const { client_id, client_secret } = form;
  if (authorization === undefined) return { client_id, client_secret, by_header: false };
  const basic = parseBasic(authorization);
  if (!basic) throw invalidClient('the Authorization header is not usable Basic');
  if (client_secret !== undefined) throw new OAuthError('invalid_request', { detail: 'two ways of client authentication' });
  if (client_id !== undefined && client_id !== basic.client_id) throw new OAuthError('invalid_request', { detail: 'two client ids' });
  return { ...basic, by_header: true };
}
