import { DPOP_SIGNING_ALGORITHMS, METADATA_MAX_AGE_SECONDS, OAUTH_ENDPOINTS, OAUTH_SCOPES_SUPPORTED } from '@behalf/domain';
import { Controller, Get, Header, Inject, Module, UseFilters } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config.js';
import { OAuthErrorFilter } from '../platform/http/filters.js';

/** Our own API as a protected resource (RFC 9728): the management API and userinfo, whose identifier is the issuer's. */
@Controller()
@UseFilters(OAuthErrorFilter)
class ProtectedResourceController {
  readonly #metadata: Record<string, unknown>;

  constructor(@Inject(CONFIG) { issuer, dpop }: Config) {
    this.#metadata = {
      resource: issuer,
      authorization_servers: [issuer],
      scopes_supported: OAUTH_SCOPES_SUPPORTED,
      bearer_methods_supported: ['header'],
      // RFC 9728 §2.
      ...(dpop && { dpop_signing_alg_values_supported: DPOP_SIGNING_ALGORITHMS, dpop_bound_access_tokens_required: false }),
      resource_name: 'Behalf',
      resource_documentation: `${issuer}/docs/api`,
    };
  }

  @Get(OAUTH_ENDPOINTS.protected_resource)
  @Header('cache-control', `public, max-age=${METADATA_MAX_AGE_SECONDS}`)
  metadata(): Record<string, unknown> {
    return this.#metadata;
  }
}

/** A module of its own, so that it can be left out. */
@Module({ controllers: [ProtectedResourceController] })
export class ProtectedResourceModule {}
