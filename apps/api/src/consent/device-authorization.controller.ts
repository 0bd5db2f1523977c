import { type DeviceAuthorizationResponse, isKnownScope, requestScope, selectResources } from '@behalf/domain';
import { Controller, HttpCode, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { ClientFailures, KnownResources } from '../client/index.js';
import { OAuthErrorFilter } from '../platform/http/filters.js';
import type { FormBody } from '../platform/http/form.js';
import { valuesOf } from '../platform/http/repeatable.js';
import { originOf } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import { ClientAuthentication, type ClientRequest, DeviceAuthorizations, type DeviceRequest } from '../token/index.js';

/** Where a device begins that has no browser of its own (RFC 8628 §3.1). */
@Controller('oauth2/device_authorization')
@UseFilters(OAuthErrorFilter)
@UseGuards(ClientAuthentication)
export class DeviceAuthorizationController {
  constructor(
    private readonly devices: DeviceAuthorizations,
    private readonly known: KnownResources,
    private readonly recent: ClientFailures,
  ) {}

  @Post()
  @HttpCode(200)
  async begin(@Req() request: ClientRequest): Promise<DeviceAuthorizationResponse> {
    const origin = originOf(request);
    try {
      return await this.devices.begin(request.client, await this.#judge(request), origin);
    } catch (thrown) {
      if (thrown instanceof OAuthError) {
        const { reason = 'server', received } = thrown.options;
        this.recent.note({ client_id: request.client.client_id, endpoint: 'device_authorization', reason, received, origin });
      }
      throw thrown;
    }
  }

  /** @throws OAuthError `unauthorized_client`, `invalid_scope`, `invalid_target` */
  async #judge({ client, form, body }: ClientRequest): Promise<DeviceRequest> {
    if (!client.device_authorization) throw new OAuthError('unauthorized_client', { reason: 'device_not_allowed' });
    const { scope } = form;
    const requested = requestScope(scope, client.access_preset);
    if ('error' in requested) {
      const reason = scope !== undefined && isKnownScope(scope) ? 'scope_too_wide' : 'scope_unknown';
      throw new OAuthError('invalid_scope', { reason, ...(scope !== undefined && { received: scope }) });
    }
    const resources = valuesOf((body as FormBody).text, 'resource');
    const known = resources.length ? await this.known.of(client.organization_id) : null;
    const selected = known && selectResources(resources, known);
    if (selected && 'error' in selected)
      throw new OAuthError('invalid_target', { reason: 'resource_unknown', received: resources.join(' ') });
    return { scope: requested.scope, resources: selected?.resources ?? null };
  }
}
