export { AuditEventRow } from './audit-event.entity.js';
export { AUDIT_COLUMNS, type AuditEntry, AuditLog, type AuditSource, SYSTEM } from './audit-log.js';
export { AuditModule } from './audit.module.js';
export { ReadLog } from './read-log.js';
export { type Refusal, RefusalLog } from './refusal-log.js';
