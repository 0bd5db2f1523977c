import { findRunningPostgres, PostgresError, type Postgres, startPostgres } from '@behalf/postgres';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './platform/config.js';

const DATABASE = 'behalf';
const KEY_BYTES = 32;

const directoryOf = ({ data_dir }: Config): string => join(data_dir, 'postgres');
const keyFileOf = ({ data_dir }: Config): string => join(data_dir, 'secret-key');

/** A database that can be reached, and what is sealed in it can be opened with. */
export interface ReachedDatabase {
  readonly url: string;
  readonly secret_keys: readonly Buffer[];
  /** Stops what was started for it. */
  readonly release: () => Promise<void>;
}

/** Starts the embedded database and makes the key of a new installation: once, readable by its owner alone. */
export async function startEmbedded(config: Config): Promise<ReachedDatabase> {
  const postgres = await startPostgres({ dataDir: directoryOf(config), durable: true });
  try {
    await postgres.ensureDatabase(DATABASE);
    const file = keyFileOf(config);
    const made = config.secret_keys.length > 0 || existsSync(file);
    if (!made) writeFileSync(file, randomBytes(KEY_BYTES).toString('base64url'), { mode: 0o600, flag: 'wx' });
    return { url: postgres.url(DATABASE), secret_keys: keysOf(config), release: () => postgres.stop() };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/**
 * Reaches the database that a server with this configuration works on, for a command beside it: also the embedded one,
 * whether the server runs now or not.
 *
 * @throws PostgresError where there is none yet
 */
export async function reachDatabase(config: Config): Promise<ReachedDatabase> {
  if (config.database_url) return { url: config.database_url, secret_keys: config.secret_keys, release: async () => undefined };
  const dataDir = directoryOf(config);
  if (!existsSync(dataDir)) throw new PostgresError(`There is no database in ${config.data_dir}: name another DATA_DIR, or DATABASE_URL.`);
  const running = findRunningPostgres(dataDir);
  const postgres: Pick<Postgres, 'url' | 'stop'> = running
    ? { url: running, stop: async () => undefined }
    : await startPostgres({ dataDir, durable: true });
  return { url: postgres.url(DATABASE), secret_keys: keysOf(config), release: () => postgres.stop() };
}

function keysOf(config: Config): readonly Buffer[] {
  if (config.secret_keys.length) return config.secret_keys;
  const file = keyFileOf(config);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
  if (key.length !== KEY_BYTES)
    throw new PostgresError(`${file} does not hold a key of 32 bytes; restore it from a backup, or tokens are lost.`);
  return [key];
}
