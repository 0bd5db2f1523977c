import type { ConnectedApp, EffectiveAccess, Narrowing, Page, TokenRow } from '@behalf/domain';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query, UseFilters, UseGuards } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsIn, IsString } from 'class-validator';
import { ClientIdPipe } from '../client/index.js';
import { CurrentActor, SignedIn } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { IfGiven, ListQueryDto } from '../platform/http/list-query.dto.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { IsUuid, UuidPipe } from '../platform/http/uuid.pipe.js';
import { AccessCuts } from './access-cuts.js';
import { ConnectedApps, type Show } from './connected-apps.js';
import { type AccessQuestion, EffectiveAccesses } from './effective-access.js';

class ShowQuery {
  @IfGiven()
  @IsIn(['mine', 'organization'])
  show: Show = 'mine';
}

class ListedQuery extends ListQueryDto {
  @IfGiven()
  @IsIn(['mine', 'organization'])
  show: Show = 'mine';

  @IfGiven()
  @IsIn(['live', 'ended'])
  status: 'live' | 'ended' = 'live';
}

const MAX_TEAMS = 1000;

class NarrowBody implements Narrowing {
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MAX_TEAMS)
  @IsUuid({ each: true })
  team_ids?: string[];

  @IfGiven()
  @IsString()
  scope?: string;
}

class EffectiveAccessQuery implements AccessQuestion {
  @IsString()
  client_id: string;

  @IsUuid()
  user_id: string;

  @IfGiven()
  @IsUuid()
  token_id?: string;
}

/** Connected apps, grouped by the client that holds the tokens. */
@Controller('api/v1/connected-apps')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
export class ConnectedAppsController {
  constructor(
    private readonly apps: ConnectedApps,
    private readonly cuts: AccessCuts,
  ) {}

  @Get()
  @SignedIn({ everyones: 'SESSION_READ' })
  groups(@CurrentActor() actor: Actor, @Query(ShapePipe) { show, status, ...query }: ListedQuery): Promise<Page<ConnectedApp>> {
    return this.apps.groups(actor, { show, ended: status === 'ended' }, query);
  }

  @Get(':client_id/tokens')
  @SignedIn({ everyones: 'SESSION_READ' })
  rows(
    @CurrentActor() actor: Actor,
    @Param('client_id', ClientIdPipe) client_id: string,
    @Query(ShapePipe) { show, status, ...query }: ListedQuery,
  ): Promise<Page<TokenRow>> {
    return this.apps.rows(actor, client_id, { show, ended: status === 'ended' }, query);
  }

  @Delete(':client_id/tokens')
  @SignedIn({ everyones: 'SESSION_MANAGE' })
  revokeAll(
    @CurrentActor() actor: Actor,
    @Param('client_id', ClientIdPipe) client_id: string,
    @Query(ShapePipe) { show }: ShowQuery,
  ): Promise<{ revoked: number }> {
    return this.cuts.revokeAll(actor, client_id, show);
  }
}

/** One row of Connected apps. */
@Controller('api/v1/tokens')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
export class TokensController {
  constructor(private readonly cuts: AccessCuts) {}

  @Delete(':token_id')
  @SignedIn()
  @HttpCode(204)
  revoke(@CurrentActor() actor: Actor, @Param('token_id', UuidPipe) token_id: string): Promise<void> {
    return this.cuts.revoke(actor, token_id);
  }

  @Patch(':token_id')
  @SignedIn()
  narrow(
    @CurrentActor() actor: Actor,
    @Param('token_id', UuidPipe) token_id: string,
    @Body(ShapePipe) body: NarrowBody,
  ): Promise<TokenRow> {
    return this.cuts.narrow(actor, token_id, body);
  }
}

/** What a client may do for a user now, and which of consent, client and user takes away what. */
@Controller('api/v1/effective-access')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
export class EffectiveAccessController {
  constructor(private readonly effective: EffectiveAccesses) {}

  @Get()
  @SignedIn()
  explain(@CurrentActor() actor: Actor, @Query(ShapePipe) question: EffectiveAccessQuery): Promise<EffectiveAccess> {
    return this.effective.explain(actor, question);
  }
}
