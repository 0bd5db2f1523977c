export { AuditEventRow } from './audit-event.entity.js';
export { AuditKeyRow, AuditSealRow } from './audit-seal.entities.js';
export { type AuditEntry, AuditLog, eventsJson, insertEvents, SYSTEM } from './audit-log.js';
export { AuditModule } from './audit.module.js';
export { RefusalLog } from './refusal-log.js';
export { RequestEvents } from './request-events.js';
export { openChainKey, sealedSecrets } from './chain-store.js';
export { keepLogInOrder } from './upkeep.js';
export { type Fault, verifyLog } from './verification.js';
