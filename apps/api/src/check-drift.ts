import { startPostgres } from '@behalf/postgres';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { ownerDataSource } from './schema.js';

/**
 * Holds the migrations against the entities on an empty database: up, down, up, then nothing may be left to generate.
 * Exits 1 and prints the statements that are missing.
 */
const directory = mkdtempSync(join(tmpdir(), 'behalf-drift-'));
const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), durable: false });
try {
  await postgres.ensureDatabase('drift');
  const dataSource = await ownerDataSource(postgres.url('drift')).initialize();
  const migrations = await dataSource.runMigrations();
  for (const _ of migrations) await dataSource.undoLastMigration();
  await dataSource.runMigrations();
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  await dataSource.destroy();
  for (const { query } of upQueries) process.stderr.write(`${query}\n`);
  process.stdout.write(upQueries.length ? 'The entities differ from the migrations.\n' : 'Entities and migrations agree.\n');
  process.exitCode = upQueries.length ? 1 : 0;
} finally {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}
