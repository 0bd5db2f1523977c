import type { Member, Page, Team } from '@behalf/domain';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import {
  CurrentActor,
  RequirePermissionInNamedOrganization,
  RequireTeamPermission,
  SignedIn,
} from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { UuidPipe } from '../platform/http/uuid.pipe.js';
import { MemberDto, NewTeamDto, SearchQueryDto, TeamChangeDto, TeamQueryDto } from './directory.dto.js';
import { Members } from './members.js';
import { Teams } from './teams.js';

@Controller('api/v1/teams')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class TeamsController {
  constructor(
    private readonly teams: Teams,
    private readonly members: Members,
  ) {}

  @Get()
  @SignedIn()
  list(@CurrentActor() actor: Actor, @Query() { organization_id, search, ...query }: TeamQueryDto): Promise<Page<Team>> {
    return this.teams.list(actor, { organization_id, search }, query);
  }

  @Post()
  @RequirePermissionInNamedOrganization('TEAM_MANAGE')
  create(@CurrentActor() actor: Actor, @Body() team: NewTeamDto): Promise<Team> {
    return this.teams.create(actor, team);
  }

  @Get(':team_id')
  @RequireTeamPermission('TEAM_READ')
  get(@Param('team_id', UuidPipe) team_id: string): Promise<Team> {
    return this.teams.get(team_id);
  }

  @Patch(':team_id')
  @RequireTeamPermission('TEAM_MANAGE')
  rename(@CurrentActor() actor: Actor, @Param('team_id', UuidPipe) team_id: string, @Body() { name }: TeamChangeDto): Promise<Team> {
    return this.teams.rename(actor, team_id, name);
  }

  @Get(':team_id/members')
  @RequireTeamPermission('TEAM_READ')
  listMembers(@Param('team_id', UuidPipe) team_id: string, @Query() { search, ...query }: SearchQueryDto): Promise<Page<Member>> {
    return this.teams.members(team_id, search, query);
  }

  @Put(':team_id/members/:user_id')
  @RequireTeamPermission('TEAM_MANAGE')
  put(
    @CurrentActor() actor: Actor,
    @Param('team_id', UuidPipe) team_id: string,
    @Param('user_id', UuidPipe) user_id: string,
    @Body() { role }: MemberDto,
  ): Promise<Member> {
    return this.members.put(actor, team_id, user_id, role);
  }

  @Delete(':team_id/members/:user_id')
  @RequireTeamPermission('TEAM_MANAGE')
  @HttpCode(204)
  remove(
    @CurrentActor() actor: Actor,
    @Param('team_id', UuidPipe) team_id: string,
    @Param('user_id', UuidPipe) user_id: string,
  ): Promise<void> {
    return this.members.remove(actor, team_id, user_id);
  }
}
