import {
  DEVICE_CODE_GRANT_TYPE,
  DPOP_SIGNING_ALGORITHMS,
  METADATA_MAX_AGE_SECONDS,
  OAUTH_ENDPOINTS,
  OAUTH_SCOPES_SUPPORTED,
} from '@behalf/domain';
import { Controller, Get, Header, Inject, UseFilters } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config.js';
import { OAuthErrorFilter } from '../platform/http/filters.js';
import { SIGNING_ALGORITHM } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';

const CACHE_CONTROL = `public, max-age=${METADATA_MAX_AGE_SECONDS}`;

/** What this server can do (RFC 8414, OIDC Discovery): every list stands here, since a missing one means a default we do not follow. */
@Controller()
@UseFilters(OAuthErrorFilter)
export class MetadataController {
  readonly #authorizationServer: Record<string, unknown>;
  readonly #openid: Record<string, unknown>;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly keys: SigningKeys,
  ) {
    const { issuer } = config;
    this.#authorizationServer = {
      issuer,
      authorization_endpoint: issuer + OAUTH_ENDPOINTS.authorization,
      token_endpoint: issuer + OAUTH_ENDPOINTS.token,
      revocation_endpoint: issuer + OAUTH_ENDPOINTS.revocation,
      introspection_endpoint: issuer + OAUTH_ENDPOINTS.introspection,
      userinfo_endpoint: issuer + OAUTH_ENDPOINTS.userinfo,
      jwks_uri: issuer + OAUTH_ENDPOINTS.jwks,
      scopes_supported: OAUTH_SCOPES_SUPPORTED,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', ...(config.device_authorization ? [DEVICE_CODE_GRANT_TYPE] : [])],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      ...switchedOn(config),
    };
    this.#openid = {
      ...this.#authorizationServer,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [SIGNING_ALGORITHM],
      claims_supported: [
        'iss',
        'sub',
        'aud',
        'exp',
        'iat',
        'auth_time',
        'nonce',
        'name',
        'email',
        'email_verified',
        'authorized_teams',
        'teams',
      ],
      claims_parameter_supported: false,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
    };
  }

  @Get('.well-known/oauth-authorization-server')
  @Header('cache-control', CACHE_CONTROL)
  authorizationServer(): Record<string, unknown> {
    return this.#authorizationServer;
  }

  @Get('.well-known/openid-configuration')
  @Header('cache-control', CACHE_CONTROL)
  openidConfiguration(): Record<string, unknown> {
    return this.#openid;
  }

  @Get('oauth2/jwks')
  @Header('cache-control', CACHE_CONTROL)
  jwks(): unknown {
    return this.keys.jwks;
  }
}

/** What depends on the settings (RFC 9728 §4, RFC 9126 §5, RFC 8628 §4, RFC 9449 §5.1). */
function switchedOn(config: Config): Record<string, unknown> {
  const { issuer, resource_indicators, pushed_authorization_requests, device_authorization, dpop } = config;
  return {
    ...(resource_indicators && { protected_resources: [issuer] }),
    ...(pushed_authorization_requests && {
      pushed_authorization_request_endpoint: issuer + OAUTH_ENDPOINTS.pushed_authorization_request,
      require_pushed_authorization_requests: false,
    }),
    ...(device_authorization && { device_authorization_endpoint: issuer + OAUTH_ENDPOINTS.device_authorization }),
    ...(dpop && { dpop_signing_alg_values_supported: DPOP_SIGNING_ALGORITHMS }),
  };
}
