import { startPostgres } from '@behalf/postgres';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { family, moveToLoadCore } from '../cpu.mjs';
import { startBehalf } from '../servers.mjs';
import { grow } from './grow.mjs';

/** What an operator gives a PostgreSQL of this size (docs/performance/scale.md); all else is as Behalf ships it. */
const SETTINGS = { shared_buffers: '2GB', random_page_cost: '1.1' };

/**
 * PostgreSQL with an empty installation and a full one, durable as it ships. Where a directory is named it is made once and used again;
 * else it goes when it is stopped.
 */
export async function openPlace({ directory: kept, sizes, say }) {
  const directory = kept ?? mkdtempSync(join(tmpdir(), 'behalf-scale-'));
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'bench.json');
  const known = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { secret_key: randomBytes(32).toString('base64url'), databases: {} };
  const dataDir = join(directory, 'postgres');
  let listener;
  const log = (line) => listener?.(line);
  let postgres = await startPostgres({ dataDir, durable: true, log });
  let pid = await pidOf(postgres);
  const database = { directory, pids: () => family(pid), create: (name) => create(postgres, name) };
  const isNew = !('full' in known.databases);
  const start = (name, options = {}) => startAt({ database, name, secret_key: known.secret_key, ...options });
  for (const [name, its] of Object.entries({ empty: null, full: sizes })) {
    if (name in known.databases) continue;
    await (await start(name)).stop();
    if (its) await grow(postgres.url(name), its, say);
    known.databases[name] = its;
    writeFileSync(file, JSON.stringify(known));
  }
  if (isNew) {
    for (const [name, value] of Object.entries(SETTINGS)) await query(postgres.url('postgres'), `ALTER SYSTEM SET ${name} = '${value}'`);
    await postgres.stop();
    postgres = await startPostgres({ dataDir, durable: true, log });
    pid = await pidOf(postgres);
  }
  // Only now: what makes the rows may have the whole machine. The load is this process.
  moveToLoadCore([process.pid, ...family(pid)]);
  return {
    sizes: known.databases.full,
    start,
    /** Gives PostgreSQL's log, with the time of every statement, to a function until the work is done. */
    listening: async (hear, work) => {
      const admin = postgres.url('postgres');
      listener = hear;
      await query(admin, 'ALTER SYSTEM SET log_min_duration_statement = 0');
      await query(admin, 'SELECT pg_reload_conf()');
      try {
        return await work();
      } finally {
        listener = undefined;
        await query(admin, 'ALTER SYSTEM RESET log_min_duration_statement');
        await query(admin, 'SELECT pg_reload_conf()');
      }
    },
    stop: async () => {
      await postgres.stop();
      if (kept === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A server on one of the databases. @param options `env` over its settings */
async function startAt({ database, name, secret_key, env = {} }) {
  const url = await database.create(name);
  const behalf = await startBehalf(database, { env: { SECRET_KEY: secret_key, DATABASE_URL: url, ...env } });
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  return {
    ...behalf,
    name,
    secret_key,
    database_url: url,
    sql: async (text, values) => (await pool.query(text, values)).rows,
    stop: async () => {
      await pool.end();
      await behalf.stop();
    },
  };
}

async function pidOf(postgres) {
  const [{ pid }] = await query(postgres.url('postgres'), `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer AS pid`);
  return pid;
}

async function create(postgres, name) {
  await postgres.ensureDatabase(name);
  return postgres.url(name);
}

async function query(url, text) {
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  try {
    return (await connection.query(text)).rows;
  } finally {
    await connection.end();
  }
}
