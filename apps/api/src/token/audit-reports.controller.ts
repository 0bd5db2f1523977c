import type { AuditReport } from '@behalf/domain';
import { Body, Controller, HttpCode, Post, Req, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { ResourceServerOnly } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { AuditReportDto } from './audit-reports.dto.js';
import { AuditReports } from './audit-reports.js';
import type { ResourceServerRequest } from './resource-server-strategy.js';

/** Where an API tells what was done with tokens there; it stands here, since only this module knows whose a token is. */
@Controller('api/v1/audit-events')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class AuditReportsController {
  constructor(private readonly reports: AuditReports) {}

  @Post()
  @HttpCode(200)
  @ResourceServerOnly()
  record(@Req() { resource_server }: ResourceServerRequest, @Body() { events }: AuditReportDto): Promise<AuditReport> {
    return this.reports.record(resource_server, events);
  }
}
