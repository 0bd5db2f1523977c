import type { TokenResponse } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { ClientFailures } from '../client/index.js';
import { DirectEndpoints } from '../platform/http/direct.js';
import type { Call } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import { introspectionBody, tokensBody } from './answers.js';
import { ClientAuthentication, type ClientCall, invalidClient } from './client-authentication.js';
import { AuthorizationCodeGrant } from './grants/authorization-code.js';
import { RefreshTokenGrant } from './grants/refresh-token.js';
import { Tokens } from './tokens.js';

/** What clients call, authenticated as themselves; each answers with its body, and throws an OAuthError for what it refuses. */
@Injectable()
export class TokenEndpoints {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly tokens: Tokens,
    private readonly authorizationCode: AuthorizationCodeGrant,
    private readonly refreshToken: RefreshTokenGrant,
    private readonly recent: ClientFailures,
    direct: DirectEndpoints,
  ) {
    direct.serve('POST', '/oauth2/token', (call) => this.token(call));
    direct.serve('POST', '/oauth2/introspect', (call) => this.introspect(call));
  }

  async token(request: Call): Promise<string> {
    const call = await this.authentication.authenticate(request, 'token');
    return tokensBody(await this.#telling(call, () => this.#grant(call)));
  }

  async revoke(request: Call): Promise<void> {
    const call = await this.authentication.authenticate(request, 'revoke');
    await this.#telling(call, () => this.tokens.revoke(call.client, required(call, 'token'), call.origin));
  }

  async introspect(request: Call): Promise<string> {
    const call = await this.authentication.authenticate(request, 'introspect');
    // RFC 7662 §2.1: the caller must authenticate, and a public client cannot.
    if (call.client.client_type === 'public') throw this.#refusedIntrospection(call);
    const lookup = call.lookup ?? this.tokens.lookUp(required(call, 'token'));
    return introspectionBody(await this.tokens.introspect(call.client, lookup, call.origin));
  }

  /** Keeps what a refusal could not tell the integration, for whoever manages the client. */
  async #telling<T>(call: ClientCall, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      if (thrown instanceof OAuthError) this.#tell(call, thrown);
      throw thrown;
    }
  }

  #refusedIntrospection(call: ClientCall): OAuthError {
    const refused = invalidClient('a public client cannot introspect', 'introspection_by_public');
    this.#tell(call, refused);
    return refused;
  }

  #tell({ client: { client_id }, endpoint, origin }: ClientCall, { options: { reason = 'server', received } }: OAuthError): void {
    this.recent.note({ client_id, endpoint, reason, received, origin });
  }

  async #grant(call: ClientCall): Promise<TokenResponse> {
    const { client, form, origin } = call;
    switch (required(call, 'grant_type')) {
      case 'authorization_code':
        return this.authorizationCode.exchange(client, form, origin);
      case 'refresh_token':
        return this.refreshToken.refresh(client, form, origin);
      default:
        throw new OAuthError('unsupported_grant_type', { reason: 'grant_type', received: form['grant_type']! });
    }
  }
}

function required({ form }: ClientCall, name: string): string {
  const value = form[name];
  if (value === undefined) throw new OAuthError('invalid_request', { reason: 'parameter_missing', received: name });
  return value;
}
