export { createDatabase, dropDatabase } from './databases.js';
export { PostgresError } from './postgres-error.js';
export { type Postgres, type PostgresOptions, findRunningPostgres, startPostgres } from './server.js';
