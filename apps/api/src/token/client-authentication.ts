import type { FailureReason, OAuthErrorCode } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { ClientFailures, type LiveClient } from '../client/index.js';
import { FormBody, parseForm, rawQuery } from '../platform/http/form.js';
import { valuesOf } from '../platform/http/repeatable.js';
import { type Call, originOf } from '../platform/http/request.js';
import type { Origin } from '../platform/actor.js';
import { OAuthError } from '../platform/oauth-error.js';
import { parseBasic } from './basic-credentials.js';
import { type ClientCredentials, type ClientEndpoint, ClientProof } from './client-proof.js';
import { type Called, LiveGrants } from './live-grants.js';
import type { LiveGrant, RotatableGrant } from './live-row.js';
import { type Handle, type HandleKind, TokenHandles } from './token-handle.js';
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
  'dpop_jkt',
]);

const TOO_MANY = 429;

/** What every device hears until its user has decided, and every client that is asked for a nonce: no failure. */
const WAITING: ReadonlySet<OAuthErrorCode> = new Set(['authorization_pending', 'slow_down', 'use_dpop_nonce']);

type Form = Readonly<Record<string, string>>;

/** A call whose client has proven who it is. */
export interface ClientCall {
  readonly endpoint: ClientEndpoint;
  readonly client: LiveClient;
  readonly form: Form;
  readonly body: unknown;
  readonly origin: Origin;
  /** The token of the introspection endpoint; the code or refresh token of the token endpoint. Null where it is none of ours. */
  readonly named: Handle | null;
  /** Its grant, read in one statement with the caller; whoever has not proven itself is told nothing of it. */
  readonly grant: LiveGrant | RotatableGrant | null;
}

/** A call of the token endpoint. */
export interface RotatingCall extends ClientCall {
  readonly grant: RotatableGrant | null;
}

/**
 * Client authentication (OAuth 2.1 §2.4): Basic or body for confidential clients, `client_id` alone for public ones. No
 * Passport strategy: what Passport builds around one for each request takes as long as all of the rest.
 */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly proof: ClientProof,
    @Inject(TokenHandles) private readonly handles: TokenHandles,
    private readonly live: LiveGrants,
    private readonly recent: ClientFailures,
  ) {}

  /**
   * Authenticates a call and does its work. What the work refuses is kept, with the reason that the integration is not told,
   * for whoever manages the client.
   *
   * @throws OAuthError `invalid_request` for what is contradictory, `invalid_client` for everything that fails to prove, and what `work` throws
   */
  async asClient<T>(request: Call, endpoint: ClientEndpoint, work: (call: ClientCall) => Promise<T>): Promise<T> {
    const call = await this.#authenticate(request, endpoint);
    try {
      return await work(call);
    } catch (thrown) {
      // Who asks too often is told so; the integration has no fault that its managers could mend.
      const isFault = thrown instanceof OAuthError && !WAITING.has(thrown.code) && thrown.status !== TOO_MANY;
      if (isFault) this.#tell(call, thrown);
      throw thrown;
    }
  }

  #tell({ client: { client_id }, endpoint, origin }: ClientCall, { options: { reason = 'server', received } }: OAuthError): void {
    this.recent.note({ client_id, endpoint, reason, received, origin });
  }

  async #authenticate(call: Call, endpoint: ClientEndpoint): Promise<ClientCall> {
    const form = parseForm(call.body, rawQuery(call.url), CLIENT_PARAMETERS);
    const credentials = credentialsOf(call.headers.authorization, form);
    if (!isNamed(credentials) || form['client_assertion'] || form['client_assertion_type']) {
      throw invalidClient('no usable client credentials');
    }
    const origin = originOf(call);
    demandPatience(this.proof.wait(credentials.client_id, origin));
    const named = this.#named(endpoint, form);
    const { client, grant } = await this.#read(credentials.client_id, endpoint, named);
    if (!this.proof.isProven(client, credentials, origin)) {
      const { wait, reason } = await this.proof.refuse(client, credentials, endpoint, origin);
      demandPatience(wait);
      throw invalidClient(reason);
    }
    call.client = client;
    return { endpoint, client, form, body: call.body, origin, named, grant };
  }

  /** The code or token in a call that its endpoint looks up; null for none, and for what is no such one of ours. */
  #named(endpoint: ClientEndpoint, form: Form): Handle | null {
    if (endpoint === 'introspect') {
      const handle = form['token'] ? this.handles.decode(form['token']) : null;
      return handle?.kind === 'at' || handle?.kind === 'rt' ? handle : null;
    }
    const rotated = endpoint === 'token' ? ROTATED.get(form['grant_type']) : undefined;
    const handle = rotated ? this.handles.decode(form[rotated.parameter] ?? '') : null;
    return handle && handle.kind === rotated?.kind ? handle : null;
  }

  /** The caller with what it names, both as of one instant after the call arrived, so that no revocation is missed. */
  #read(client_id: string, endpoint: ClientEndpoint, named: Handle | null): Promise<Called<LiveGrant | RotatableGrant>> {
    return endpoint === 'token' ? this.live.findCalledToRotate(client_id, named) : this.live.findCalled(client_id, named);
  }
}

/** The parameter and kind of the handle that a grant type moves on. */
const ROTATED: ReadonlyMap<string | undefined, { readonly parameter: string; readonly kind: HandleKind }> = new Map([
  ['authorization_code', { parameter: 'code', kind: 'ac' }],
  ['refresh_token', { parameter: 'refresh_token', kind: 'rt' }],
]);

/** What a call names as `resource`, the one parameter that may be sent several times (RFC 8707 §2). */
export function resourcesIn({ body }: ClientCall): string[] {
  return body instanceof FormBody ? valuesOf(body.text, 'resource') : [];
}

/** @throws OAuthError 429 with Retry-After (RFC 6585 §4) when there are seconds to wait */
export function demandPatience(seconds: number): void {
  if (seconds === 0) return;
  throw new OAuthError('temporarily_unavailable', {
    status: TOO_MANY,
    detail: 'too many failures or requests',
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

/** What a call sends to prove who it is, as it came. */
interface SentCredentials extends Omit<ClientCredentials, 'client_id'> {
  readonly client_id: string | undefined;
}

function isNamed(credentials: SentCredentials): credentials is ClientCredentials {
  return credentials.client_id !== undefined;
}

function credentialsOf(authorization: string | undefined, form: Form): SentCredentials {
  const { client_id, client_secret } = form;
  if (authorization === undefined) return { client_id, client_secret, by_header: false };
  const basic = parseBasic(authorization);
  if (!basic) throw invalidClient('the Authorization header is not usable Basic');
  if (client_secret !== undefined) throw new OAuthError('invalid_request', { detail: 'two ways of client authentication' });
  if (client_id !== undefined && client_id !== basic.client_id) throw new OAuthError('invalid_request', { detail: 'two client ids' });
  return { client_id: basic.client_id, client_secret: basic.client_secret, by_header: true };
}
