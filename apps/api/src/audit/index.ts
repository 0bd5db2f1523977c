export { AuditEventRow } from './audit-event.entity.js';
export { type AuditEntry, AuditLog, SYSTEM } from './audit-log.js';
export { AuditModule } from './audit.module.js';
export { RefusalLog } from './refusal-log.js';
export { RequestEvents } from './request-events.js';
