import 'reflect-metadata';
import { startPostgres } from '@behalf/postgres';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { plantDemoData } from '../../dist/directory/index.js';
import { migrate } from '../../dist/platform/database/migrate.js';
import { appDataSourceOptions, ownerDataSource } from '../../dist/schema.js';
import { hashPassword } from '../../dist/session/index.js';

const template = JSON.parse(readFileSync(new URL('./template.json', import.meta.url), 'utf8'));
const CHEAPEST_COST = 4;

/** One server for all test files, and a migrated template with the demo data that each file clones. Jest loads this by itself, so it takes the build. */
export default async function globalSetup() {
  const directory = mkdtempSync(join(tmpdir(), 'behalf-test-'));
  const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), durable: false });
  Object.assign(globalThis, { behalfTest: { postgres, directory } });
  await postgres.ensureDatabase(template.database);
  const url = postgres.url(template.database);
  await migrate(ownerDataSource(url), url);
  const dataSource = await new DataSource(appDataSourceOptions(url)).initialize();
  const hash = await hashPassword(template.password, CHEAPEST_COST);
  await dataSource.transaction((tx) => plantDemoData(tx, hash));
  await dataSource.destroy();
  process.env[template.url_variable] = postgres.url('postgres');
}
