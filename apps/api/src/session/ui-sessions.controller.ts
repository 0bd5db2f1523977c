import type { Page, UiSession } from '@behalf/domain';
import { Controller, Delete, Get, HttpCode, Param, Query, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { BrowserOnly, CurrentActor } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { UuidPipe } from '../platform/http/uuid.pipe.js';
import { UiSessionQueryDto } from './session.dto.js';
import { UiSessions } from './ui-sessions.js';

@Controller('api/v1/ui-sessions')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class UiSessionsController {
  constructor(private readonly uiSessions: UiSessions) {}

  @Get()
  @BrowserOnly()
  list(@CurrentActor() actor: Actor, @Query() { show = 'mine', ...query }: UiSessionQueryDto): Promise<Page<UiSession>> {
    return this.uiSessions.list(actor, show, query);
  }

  @Delete(':session_id')
  @BrowserOnly()
  @HttpCode(204)
  revoke(@CurrentActor() actor: Actor, @Param('session_id', UuidPipe) session_id: string): Promise<void> {
    return this.uiSessions.revoke(actor, session_id);
  }

  @Delete()
  @BrowserOnly()
  revokeOthers(@CurrentActor() actor: Actor): Promise<{ revoked: number }> {
    return this.uiSessions.revokeOthers(actor);
  }
}
