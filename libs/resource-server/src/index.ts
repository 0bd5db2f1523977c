export type { ActiveToken } from '@behalf/domain';
export type { Call, ReportStats } from './audit-reports.js';
export type { ProtectedResource } from './metadata.js';
export type { ResourceServerOptions } from './options.js';
export type { ReplayStore } from './replay-store.js';
export { Refusal } from './refusals.js';
export { createResourceServer, isRefusal, type Presented, ResourceServer } from './resource-server.js';
