import { type DeviceAuthorizationResponse, isKnownScope, requestScope, selectResources } from '@behalf/domain';
import { Controller, HttpCode, Post, Req, UseFilters } from '@nestjs/common';
import { KnownResources } from '../client/index.js';
import { OAuthErrorFilter } from '../platform/http/filters.js';
import type { Request } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import {
  ClientAuthentication,
  type ClientCall,
  DeviceAuthorizations,
  type DeviceRequest,
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
  ) {}

  @Post()
  @HttpCode(200)
  begin(@Req() request: Request): Promise<DeviceAuthorizationResponse> {
    return this.authentication.asClient(request, 'device_authorization', async (call) => {
      await this.limit.demand(call);
      return this.devices.begin(call.client, await this.#judge(call), call.origin);
    });
  }

  /** @throws OAuthError `unauthorized_client`, `invalid_scope`, `invalid_target` */
  async #judge(call: ClientCall): Promise<DeviceRequest> {
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
}
