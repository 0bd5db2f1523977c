import type { ConsentRow, Page } from '@behalf/domain';
import { Controller, Delete, Get, HttpCode, Param, UseFilters, UseGuards } from '@nestjs/common';
import { ClientIdPipe } from '../client/index.js';
import { CurrentActor, SignedIn } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { Consents } from './consents.js';

/** What I have approved. */
@Controller('api/v1/consents')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
export class ConsentsController {
  constructor(private readonly consents: Consents) {}

  @Get()
  @SignedIn()
  async list(@CurrentActor() actor: Actor): Promise<Page<ConsentRow>> {
    const items = await this.consents.list(actor.user.id);
    return { items, next_cursor: null, total: items.length, total_is_capped: false };
  }

  @Delete(':client_id')
  @SignedIn()
  @HttpCode(204)
  async forget(@CurrentActor() actor: Actor, @Param('client_id', ClientIdPipe) client_id: string): Promise<void> {
    await this.consents.forget(actor, client_id);
  }
}
