export { createDatabase, dropDatabase } from './databases.js';
export { PostgresError } from './postgres-error.js';
export { findPostgres, type Postgres, type PostgresOptions, startPostgres } from './server.js';
