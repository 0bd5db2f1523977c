import type { Postgres } from '@behalf/postgres';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { unusedPort } from '../support/scrape.js';

export const BIN = '/usr/lib/postgresql/15/bin';
const START_MILLISECONDS = 30_000;
const SUPERUSER = 'postgres';
/** One for all of them: a restored cluster brings its own along. */
const PASSWORD = 'of-a-test-alone';

/** PostgreSQL refuses to be root. */
export const ACCOUNT = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, SUPERUSER], { encoding: 'utf8' }));
}

/** Debian's PostgreSQL 15 with its own programs, as an operator has it. */
export interface DebianPostgres extends Postgres {
  /** Runs one of its programs against this server. @returns its output */
  run(program: string, args: readonly string[], environment?: Record<string, string>): Promise<string>;
}

/** A new folder that the account of the server may write to. */
export function serverFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'behalf-debian-'));
  if (ACCOUNT.uid !== undefined) chownSync(folder, ACCOUNT.uid, ACCOUNT.gid);
  chmodSync(folder, 0o700);
  return folder;
}

/** @param folder holds `data`, a cluster that is there already, or becomes one */
export async function startDebianPostgres(folder: string, { isThere = false } = {}): Promise<DebianPostgres> {
  const data = join(folder, 'data');
  if (!isThere) await initialize(folder, data);
  const port = await unusedPort();
  const settings = [`-cport=${port}`, '-clisten_addresses=127.0.0.1', '-cunix_socket_directories=', '-cmax_connections=200'];
  const server = spawn(join(BIN, 'postgres'), ['-D', data, ...settings], { ...ACCOUNT, cwd: folder, stdio: 'ignore' });
  const gone = once(server, 'close');
  const url = (database = 'postgres') => `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${port}/${database}`;
  const where = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: SUPERUSER, PGPASSWORD: PASSWORD };
  await untilConnected(url());
  return {
    port,
    url,
    ensureDatabase: async (name) => {
      const client = await connect(url());
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      if (!rowCount) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      await client.end();
    },
    run: async (program, args, environment = {}) => {
      const env = { PATH: `${BIN}:${process.env['PATH']}`, LC_ALL: 'C.UTF-8', ...where, ...environment };
      return (await promisify(execFile)(program, [...args], { ...ACCOUNT, cwd: folder, env })).stdout;
    },
    stop: async () => {
      server.kill('SIGINT');
      await gone;
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function initialize(folder: string, data: string): Promise<void> {
  const file = join(folder, 'password');
  writeFileSync(file, PASSWORD);
  const access = [`--username=${SUPERUSER}`, `--pwfile=${file}`, '--auth=scram-sha-256'];
  const args = ['-D', data, '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync', '--data-checksums', ...access];
  await promisify(execFile)(join(BIN, 'initdb'), args, { ...ACCOUNT, cwd: folder });
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function untilConnected(url: string): Promise<void> {
  const deadline = performance.now() + START_MILLISECONDS;
  for (;;) {
    try {
      return await (await connect(url)).end();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
