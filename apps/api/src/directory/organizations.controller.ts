import type { Organization, Page, RoleInfo } from '@behalf/domain';
import { Controller, Get, Query, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { CurrentActor, SignedIn } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { ListQueryDto } from '../platform/http/list-query.dto.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { Directory } from './directory.js';

@Controller('api/v1')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class OrganizationsController {
  constructor(private readonly directory: Directory) {}

  @Get('organizations')
  @SignedIn()
  organizations(@CurrentActor() actor: Actor, @Query() query: ListQueryDto): Promise<Page<Organization>> {
    return this.directory.organizations(actor, query);
  }

  @Get('roles')
  @SignedIn()
  roles(@Query() query: ListQueryDto): Page<RoleInfo> {
    return this.directory.roles(query);
  }
}
