import { InitialSchema1764000000000 } from './1764000000000-initial-schema.js';
import { AuditChain1765100000000 } from './1765100000000-audit-chain.js';

/** Every migration in order; frozen once it was released. */
export const MIGRATIONS = [InitialSchema1764000000000, AuditChain1765100000000];
