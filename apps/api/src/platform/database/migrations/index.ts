import { InitialSchema1764000000000 } from './1764000000000-initial-schema.js';

/** Every migration in order; frozen once it was released. */
export const MIGRATIONS = [InitialSchema1764000000000];
