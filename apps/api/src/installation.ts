import { findPostgres, PostgresError, startPostgres } from '@behalf/postgres';
import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import type { Config } from './platform/config.js';
import { appDataSourceOptions } from './schema.js';

const DATABASE = 'behalf';

/** What an installation consists of: its database, and its configuration with the keys. */
export interface Installation {
  readonly config: Config;
  /** For the application's login. */
  readonly url: string;
  /** Stops what was started for it. */
  readonly close: () => Promise<void>;
}

/**
 * Opens an installation, starting its embedded database where no other one is named.
 *
 * @throws PostgresError
 */
export async function startInstallation(given: Config): Promise<Installation> {
  if (given.database_url) return { config: given, url: given.database_url, close: () => Promise.resolve() };
  const logger = new Logger('Postgres');
  const warn = (message: string) => logger.warn(message);
  const postgres = await startPostgres({ dataDir: join(given.data_dir, 'postgres'), durable: true, revive: true, warn });
  try {
    await postgres.ensureDatabase(DATABASE);
    return { config: withGeneratedKey(given), url: postgres.url(DATABASE), close: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/**
 * The same for a command, which may run beside the server that holds the embedded database.
 *
 * @throws PostgresError where there is none yet
 */
export async function joinInstallation(given: Config): Promise<Installation> {
  const directory = join(given.data_dir, 'postgres');
  if (!given.database_url && !existsSync(directory)) {
    throw new PostgresError(`There is no database in ${given.data_dir}: name another DATA_DIR, or DATABASE_URL.`);
  }
  const running = given.database_url ? null : findPostgres(directory);
  if (!running) return startInstallation(given);
  return { config: withGeneratedKey(given), url: running(DATABASE), close: () => Promise.resolve() };
}

/** Runs something on one connection, as the application. */
export async function withDatabase<T>(url: string, run: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await new DataSource({ ...appDataSourceOptions(url), poolSize: 1 } as never).initialize();
  try {
    return await run(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

function withGeneratedKey(config: Config): Config {
  return { ...config, secret_keys: config.secret_keys.length ? config.secret_keys : [generatedKey(config.data_dir)] };
}

/** The key of an embedded installation: made once, readable by its owner alone. */
function generatedKey(data_dir: string): Buffer {
  const file = join(data_dir, 'secret-key');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
  if (key.length !== 32) throw new PostgresError(`${file} does not hold a key of 32 bytes; restore it from a backup, or tokens are lost.`);
  return key;
}
