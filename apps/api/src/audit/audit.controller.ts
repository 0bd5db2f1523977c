import type { AuditEvent, Page } from '@behalf/domain';
import { Controller, Get, Query, Res, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { Readable } from 'node:stream';
import { CurrentActor, RequirePermission } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { ProblemFilter } from '../platform/http/filters.js';
import type { Reply } from '../platform/http/request.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { AuditExportDto, AuditQueryDto } from './audit.dto.js';
import { AuditLog } from './audit-log.js';

const CONTENT_TYPES = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' };

@Controller('api/v1/audit-events')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class AuditController {
  constructor(private readonly audit: AuditLog) {}

  @Get()
  @RequirePermission('AUDIT_READ')
  list(@CurrentActor() actor: Actor, @Query() query: AuditQueryDto): Promise<Page<AuditEvent>> {
    return this.audit.list(actor.organization_id, query);
  }

  @Get('export')
  @RequirePermission('AUDIT_READ')
  export(@CurrentActor() actor: Actor, @Query() { format, ...filter }: AuditExportDto, @Res() reply: Reply): void {
    const text = this.audit.export(actor.organization_id, filter, format);
    reply.type(CONTENT_TYPES[format]).header('content-disposition', `attachment; filename="audit-log.${format}"`);
    // One chunk is made ahead of what the caller takes; a caller who goes away ends the reading with it.
    void reply.send(Readable.from(text, { highWaterMark: 1 }));
  }
}
