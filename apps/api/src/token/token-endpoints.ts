import { DEVICE_CODE_GRANT_TYPE, OAUTH_ENDPOINTS, type TokenResponse } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DirectEndpoints } from '../platform/http/direct.js';
import type { Call } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import { introspectionBody, tokensBody } from './answers.js';
import { ClientAuthentication, type ClientCall, invalidClient, resourcesIn, type RotatingCall } from './client-authentication.js';
import { DpopProofs, type Prove } from './dpop/dpop-proofs.js';
import { AuthorizationCodeGrant } from './grants/authorization-code.js';
import { DeviceCodeGrant } from './grants/device-code.js';
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
    private readonly deviceCode: DeviceCodeGrant,
    private readonly proofs: DpopProofs,
    direct: DirectEndpoints,
  ) {
    direct.serve('POST', '/oauth2/token', (call) => this.token(call));
    direct.serve('POST', '/oauth2/introspect', (call) => this.introspect(call));
  }

  token(request: Call): Promise<string> {
    return this.authentication.asClient(request, 'token', async (call) =>
      tokensBody(await this.#grant(call as RotatingCall, () => this.proofs.ofClient(request, OAUTH_ENDPOINTS.token))),
    );
  }

  revoke(request: Call): Promise<void> {
    return this.authentication.asClient(request, 'revoke', (call) => this.tokens.revoke(call.client, required(call, 'token'), call.origin));
  }

  introspect(request: Call): Promise<string> {
    return this.authentication.asClient(request, 'introspect', async (call) => {
      // RFC 7662 §2.1: the caller must authenticate, and a public client cannot.
      if (call.client.client_type === 'public') throw invalidClient('a public client cannot introspect', 'introspection_by_public');
      required(call, 'token');
      return introspectionBody(await this.tokens.introspect(call.client, call.named, call.grant, call.origin));
    });
  }

  async #grant(call: RotatingCall, prove: Prove): Promise<TokenResponse> {
    const { client, form, origin } = call;
    switch (required(call, 'grant_type')) {
      case 'authorization_code':
        return this.authorizationCode.exchange(call, prove);
      case 'refresh_token':
        return this.refreshToken.refresh(call, prove);
      case DEVICE_CODE_GRANT_TYPE:
        return this.deviceCode.exchange(client, form, origin, resourcesIn(call), prove);
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
