import type { InvitedUser, Page, User, UserImpact } from '@behalf/domain';
import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { CurrentActor, RequirePermission } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { UuidPipe } from '../platform/http/uuid.pipe.js';
import { NewUserDto, UserChangeDto, UserImpactQueryDto, UserQueryDto } from './directory.dto.js';
import { People } from './people.js';
import { Users } from './users.js';

@Controller('api/v1/users')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class UsersController {
  constructor(
    private readonly people: People,
    private readonly users: Users,
  ) {}

  @Get()
  @RequirePermission('USER_READ')
  list(@CurrentActor() actor: Actor, @Query() { search, status, ...query }: UserQueryDto): Promise<Page<User>> {
    return this.people.list(actor, { search, status }, query);
  }

  @Post()
  @RequirePermission('USER_MANAGE')
  invite(@CurrentActor() actor: Actor, @Body() user: NewUserDto): Promise<InvitedUser> {
    return this.users.invite(actor, user);
  }

  @Get(':user_id')
  @RequirePermission('USER_READ')
  get(@CurrentActor() actor: Actor, @Param('user_id', UuidPipe) user_id: string): Promise<User> {
    return this.people.get(actor, user_id);
  }

  @Patch(':user_id')
  @RequirePermission('USER_MANAGE')
  update(@CurrentActor() actor: Actor, @Param('user_id', UuidPipe) user_id: string, @Body() change: UserChangeDto): Promise<User> {
    return this.users.update(actor, user_id, change);
  }

  @Get(':user_id/impact')
  @RequirePermission('USER_READ')
  impact(
    @CurrentActor() actor: Actor,
    @Param('user_id', UuidPipe) user_id: string,
    @Query() { team_id }: UserImpactQueryDto,
  ): Promise<UserImpact> {
    return this.people.impact(actor, user_id, team_id);
  }

  /** Whoever has the link becomes the user, on every team: more than any token may hand to its client. */
  @Post(':user_id/reset-password')
  @RequirePermission('USER_MANAGE', { token: false })
  @HttpCode(200)
  resetPassword(@CurrentActor() actor: Actor, @Param('user_id', UuidPipe) user_id: string): Promise<{ invitation_url: string }> {
    return this.users.resetPassword(actor, user_id);
  }
}
