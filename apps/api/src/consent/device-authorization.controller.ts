import {
  type DeviceAuthorizationResponse,
  isKnownScope,
  isThumbprint,
  OAUTH_ENDPOINTS,
  requestScope,
  selectResources,
} from '@behalf/domain';
import { Controller, HttpCode, Inject, Post, Req, UseFilters } from '@nestjs/common';
import { KnownResources } from '../client/index.js';
import { CONFIG, type Config } from '../platform/config.js';
import { OAuthErrorFilter } from '../platform/http/filters.js';
import type { Request } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import {
  ClientAuthentication,
  type ClientCall,
  DeviceAuthorizations,
  type DeviceRequest,
  DpopProofs,
  keyOfRequest,
  PendingLimit,
  resourcesIn,
} from '../token/index.js';

/** Where a device begins that has no browser of its own (RFC 8628 §3.1). */
@Controller('oauth2/device_authorization')
@UseFilters(OAuthErrorFilter)
export class DeviceAuthorizationController {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly devices: DeviceAuthorizations,
    private readonly limit: PendingLimit,
    private readonly known: KnownResources,
    private readonly proofs: DpopProofs,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(200)
  begin(@Req() request: Request): Promise<DeviceAuthorizationResponse> {
    return this.authentication.asClient(request, 'device_authorization', async (call) => {
      await this.limit.demand(call);
      return this.devices.begin(call.client, { ...(await this.#judge(call)), dpop_jkt: await this.#key(request, call) }, call.origin);
    });
  }

  /** @throws OAuthError `unauthorized_client`, `invalid_scope`, `invalid_target` */
  async #judge(call: ClientCall): Promise<Omit<DeviceRequest, 'dpop_jkt'>> {
    const { client, form } = call;
    const resources = resourcesIn(call);
    if (!client.device_authorization) throw new OAuthError('unauthorized_client', { reason: 'device_not_allowed' });
    const { scope } = form;
    const requested = requestScope(scope, client.access_preset);
    if ('error' in requested) {
      const reason = scope !== undefined && isKnownScope(scope) ? 'scope_too_wide' : 'scope_unknown';
      throw new OAuthError('invalid_scope', { reason, ...(scope !== undefined && { received: scope }) });
    }
    const known = resources.length ? await this.known.of(client.organization_id) : null;
    const selected = known && selectResources(resources, known);
    if (selected && 'error' in selected)
      throw new OAuthError('invalid_target', { reason: 'resource_unknown', received: resources.join(' ') });
    return { scope: requested.scope, resources: selected?.resources ?? null };
  }

  /** The key that the device's code is to be bound to, as at the pushed authorization request endpoint. @throws OAuthError */
  async #key(request: Request, { form: { dpop_jkt } }: ClientCall): Promise<string | null> {
    if (!this.config.dpop) return null;
    if (dpop_jkt !== undefined && !isThumbprint(dpop_jkt))
      throw new OAuthError('invalid_request', { reason: 'parameter_malformed', received: 'dpop_jkt' });
    return keyOfRequest(dpop_jkt ?? null, await this.proofs.ofClient(request, OAUTH_ENDPOINTS.device_authorization));
  }
}
