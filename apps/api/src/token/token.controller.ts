import { DEVICE_CODE_GRANT_TYPE, type OAuthErrorCode, type TokenResponse } from '@behalf/domain';
import { Controller, HttpCode, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { OAuthErrorFilter } from '../platform/http/filters.js';
import { ClientFailures } from '../client/index.js';
import { FormBody } from '../platform/http/form.js';
import { valuesOf } from '../platform/http/repeatable.js';
import { originOf, type Reply } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import { sendIntrospection, sendTokens } from './answers.js';
import { ClientAuthentication, type ClientRequest, endpointOf, invalidClient } from './client-authentication.js';
import { AuthorizationCodeGrant } from './grants/authorization-code.js';
import { DeviceCodeGrant } from './grants/device-code.js';
import { RefreshTokenGrant } from './grants/refresh-token.js';
import { Tokens } from './tokens.js';

/** What every device hears until its user has decided: no failure. */
const WAITING: ReadonlySet<OAuthErrorCode> = new Set(['authorization_pending', 'slow_down']);

/** The endpoints that clients call, authenticated as themselves. */
@Controller('oauth2')
@UseFilters(OAuthErrorFilter)
@UseGuards(ClientAuthentication)
export class TokenController {
  constructor(
    private readonly tokens: Tokens,
    private readonly authorizationCode: AuthorizationCodeGrant,
    private readonly refreshToken: RefreshTokenGrant,
    private readonly deviceCode: DeviceCodeGrant,
    private readonly recent: ClientFailures,
  ) {}

  @Post('token')
  async token(@Req() request: ClientRequest, @Res() reply: Reply): Promise<void> {
    sendTokens(reply, await this.#telling(request, () => this.#grant(request)));
  }

  @Post('revoke')
  @HttpCode(200)
  async revoke(@Req() request: ClientRequest): Promise<void> {
    await this.#telling(request, () => this.tokens.revoke(request.client, required(request, 'token'), originOf(request)));
  }

  @Post('introspect')
  async introspect(@Req() request: ClientRequest, @Res() reply: Reply): Promise<void> {
    // RFC 7662 §2.1: the caller must authenticate, and a public client cannot.
    if (request.client.client_type === 'public') throw this.#refusedIntrospection(request);
    const lookup = request.lookup ?? this.tokens.lookUp(required(request, 'token'));
    sendIntrospection(reply, await this.tokens.introspect(request.client, lookup, originOf(request)));
  }

  /** Keeps what a refusal could not tell the integration, for whoever manages the client. */
  async #telling<T>(request: ClientRequest, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (thrown) {
      if (thrown instanceof OAuthError && !WAITING.has(thrown.code)) this.#tell(request, thrown);
      throw thrown;
    }
  }

  #refusedIntrospection(request: ClientRequest): OAuthError {
    const refused = invalidClient('a public client cannot introspect', 'introspection_by_public');
    this.#tell(request, refused);
    return refused;
  }

  #tell(request: ClientRequest, { options: { reason = 'server', received } }: OAuthError): void {
    const { client_id } = request.client;
    this.recent.note({ client_id, endpoint: endpointOf(request), reason, received, origin: originOf(request) });
  }

  async #grant(request: ClientRequest): Promise<TokenResponse> {
    const { client, form } = request;
    switch (required(request, 'grant_type')) {
      case 'authorization_code':
        return this.authorizationCode.exchange(client, form, originOf(request), resourcesIn(request));
      case 'refresh_token':
        return this.refreshToken.refresh(client, form, originOf(request), resourcesIn(request));
      case DEVICE_CODE_GRANT_TYPE:
        return this.deviceCode.exchange(client, form, originOf(request), resourcesIn(request));
      default:
        throw new OAuthError('unsupported_grant_type', { reason: 'grant_type', received: request.form['grant_type']! });
    }
  }
}

/** RFC 8707 §2.2: the one parameter that may be sent several times. */
function resourcesIn({ body }: ClientRequest): string[] {
  return body instanceof FormBody ? valuesOf(body.text, 'resource') : [];
}

function required({ form }: ClientRequest, name: string): string {
  const value = form[name];
  if (value === undefined) throw new OAuthError('invalid_request', { reason: 'parameter_missing', received: name });
  return value;
}
