import type { Client, ClientFailure, ClientPreview, CreatedClient, Impact, Page, RotatedSecret } from '@behalf/domain';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { CurrentActor, RequirePermission } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import {
  ClientChangesDto,
  ClientEditDto,
  ClientIdsDto,
  ClientQueryDto,
  ConfirmationDto,
  NewClientDto,
  RotationDto,
  StatusDto,
} from './client.dto.js';
import { ClientFailures } from './client-failures.js';
import { ClientLifecycle } from './client-lifecycle.js';
import { ClientSecrets } from './client-secrets.js';
import { Clients } from './clients.js';

@Controller('api/v1/oauth-clients')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class ClientsController {
  constructor(
    private readonly clients: Clients,
    private readonly lifecycle: ClientLifecycle,
    private readonly secrets: ClientSecrets,
    private readonly failures: ClientFailures,
  ) {}

  @Get()
  @RequirePermission('OAUTH_CLIENT_READ')
  list(@CurrentActor() actor: Actor, @Query() { limit, cursor, sort, ...filter }: ClientQueryDto): Promise<Page<Client>> {
    return this.clients.list(actor.organization_id, filter, { limit, cursor, sort });
  }

  @Post()
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  create(@CurrentActor() actor: Actor, @Body() { confirmed_risks, ...settings }: NewClientDto): Promise<CreatedClient> {
    return this.clients.create(actor, settings, confirmed_risks);
  }

  @Post('impact')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  @HttpCode(200)
  impact(@CurrentActor() actor: Actor, @Body() { client_ids }: ClientIdsDto): Promise<Impact> {
    return this.clients.impact(actor.organization_id, client_ids);
  }

  @Post('bulk-delete')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  @HttpCode(200)
  bulkDelete(@CurrentActor() actor: Actor, @Body() { client_ids }: ClientIdsDto): Promise<{ deleted: number }> {
    return this.lifecycle.bulkDelete(actor, client_ids);
  }

  @Get(':client_id')
  @RequirePermission('OAUTH_CLIENT_READ')
  get(@CurrentActor() actor: Actor, @Param('client_id') client_id: string): Promise<Client> {
    return this.clients.get(actor.organization_id, client_id);
  }

  @Patch(':client_id')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  update(@CurrentActor() actor: Actor, @Param('client_id') client_id: string, @Body() body: ClientEditDto): Promise<Client> {
    const { version, confirmed_risks, also_revoke_tokens, ...changes } = body;
    return this.clients.update(actor, client_id, { changes, version, confirmed_risks, also_revoke_tokens });
  }

  @Get(':client_id/failures')
  @RequirePermission('OAUTH_CLIENT_READ')
  listFailures(@CurrentActor() actor: Actor, @Param('client_id') client_id: string): Promise<Page<ClientFailure>> {
    return this.failures.list(actor.organization_id, client_id);
  }

  @Post(':client_id/preview')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  @HttpCode(200)
  preview(@CurrentActor() actor: Actor, @Param('client_id') client_id: string, @Body() changes: ClientChangesDto): Promise<ClientPreview> {
    return this.clients.preview(actor, client_id, changes);
  }

  @Put(':client_id/status')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  async setStatus(@CurrentActor() actor: Actor, @Param('client_id') client_id: string, @Body() change: StatusDto): Promise<Client> {
    await this.lifecycle.setStatus(actor, client_id, change);
    return this.clients.get(actor.organization_id, client_id);
  }

  @Post(':client_id/rotate-secret')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  @HttpCode(200)
  rotate(@CurrentActor() actor: Actor, @Param('client_id') client_id: string, @Body() body: RotationDto): Promise<RotatedSecret> {
    return this.secrets.rotate(actor, client_id, body.confirm_name, body.previous_secret_lifetime_seconds);
  }

  @Delete(':client_id/previous-secret')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  @HttpCode(204)
  endPrevious(@CurrentActor() actor: Actor, @Param('client_id') client_id: string): Promise<void> {
    return this.secrets.endPrevious(actor, client_id);
  }

  @Delete(':client_id')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  @HttpCode(204)
  delete(@CurrentActor() actor: Actor, @Param('client_id') client_id: string, @Body() { confirm_name }: ConfirmationDto): Promise<void> {
    return this.lifecycle.delete(actor, client_id, confirm_name);
  }

  @Post(':client_id/delete')
  @RequirePermission('OAUTH_CLIENT_MANAGE')
  @HttpCode(204)
  deleteByPost(
    @CurrentActor() actor: Actor,
    @Param('client_id') client_id: string,
    @Body() { confirm_name }: ConfirmationDto,
  ): Promise<void> {
    return this.lifecycle.delete(actor, client_id, confirm_name);
  }
}
