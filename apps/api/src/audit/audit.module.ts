import { Global, Module } from '@nestjs/common';
import { AccessLog } from '../platform/access/access-log.js';
import { AuditController } from './audit.controller.js';
import { AuditLog } from './audit-log.js';
import { AuditMetrics } from './audit-metrics.js';
import { AuditStream } from './audit-stream.js';
import { AuditSeals } from './audit-seals.js';
import { ReadLog } from './read-log.js';
import { RefusalLog } from './refusal-log.js';
import { RequestEvents } from './request-events.js';

@Global()
@Module({
  controllers: [AuditController],
  providers: [
    RequestEvents,
    AuditLog,
    AuditSeals,
    AuditMetrics,
    AuditStream,
    RefusalLog,
    ReadLog,
    { provide: AccessLog, useExisting: AuditLog },
  ],
  exports: [RequestEvents, AuditLog, RefusalLog, ReadLog, AccessLog],
})
export class AuditModule {}
