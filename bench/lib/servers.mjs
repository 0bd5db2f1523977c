import { startPostgres } from '@behalf/postgres';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { family, moveToLoadCore, onServerCore } from './cpu.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const MAIN = join(HERE, '../../apps/api/dist/main.js');
export const PASSWORD = 'a password for the bench';
/** Signing in is not measured, only needed. */
const SIGN_IN_COST = '4';
/** As `npm start` has it, and for every contender alike: short-lived objects of many requests at once fit into it. */
const YOUNG_GENERATION = '--max-semi-space-size=64';
export const REDIRECT_URI = 'https://app.test/callback';

/** The PostgreSQL that all contenders share, durable as it ships, each with a database of its own. */
export async function startDatabase() {
  const directory = mkdtempSync(join(tmpdir(), 'behalf-bench-'));
  const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), durable: true });
  const [{ pid }] = await query(postgres.url('postgres'), `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::integer AS pid`);
  moveToLoadCore(family(pid));
  return {
    directory,
    pids: () => family(pid),
    create: async (name) => {
      await postgres.ensureDatabase(name);
      return postgres.url(name);
    },
    stop: async () => {
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The least that node:http can do: read a small form, answer a small JSON. */
export async function startFloor() {
  const port = await freePort();
  const child = start('floor.mjs', { PORT: String(port) });
  await until(`http://127.0.0.1:${port}/`);
  return { url: `http://127.0.0.1:${port}`, pids: { server: () => family(child.pid) }, stop: () => end(child) };
}

/** Behalf as it ships: logs, audit, limits and all. @param options `env` over its settings, `node` arguments of its process */
export async function startBehalf(database, { env = {}, node = [] } = {}) {
  const port = await freePort();
  const url = await database.create('behalf');
  const settings = {
    DATABASE_URL: url,
    SECRET_KEY: randomBytes(32).toString('base64url'),
    DEMO_DATA: '1',
    DEMO_PASSWORD: PASSWORD,
    BCRYPT_COST: SIGN_IN_COST,
  };
  const child = start(MAIN, { PORT: String(port), DATA_DIR: database.directory, ...settings, ...env }, node);
  const issuer = `http://localhost:${port}`;
  await until(`${issuer}/health/ready`);
  return {
    url: issuer,
    pids: { server: () => family(child.pid), postgres: database.pids },
    sql: (text, values) => query(url, text, values),
    stop: () => end(child),
  };
}

/** The peer, in memory or on the same PostgreSQL. */
export async function startOidcProvider(database) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const client = { client_id: 'bench', client_secret: randomBytes(32).toString('base64url') };
  const child = start('oidc-provider.mjs', {
    PORT: String(port),
    ISSUER: url,
    CLIENT_ID: client.client_id,
    CLIENT_SECRET: client.client_secret,
    REDIRECT_URI,
    ...(database && { DATABASE_URL: await database.create('oidc_provider') }),
  });
  await until(`${url}/.well-known/openid-configuration`);
  return {
    url,
    client,
    pids: { server: () => family(child.pid), ...(database && { postgres: database.pids }) },
    stop: () => end(child),
  };
}

async function query(url, text, values) {
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  try {
    return (await connection.query(text, values)).rows;
  } finally {
    await connection.end();
  }
}

function start(file, env, node = []) {
  const [program, ...args] = [...onServerCore, process.execPath, YOUNG_GENERATION, ...node, file === MAIN ? MAIN : join(HERE, file)];
  return spawn(program, args, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', process.env.BENCH_VERBOSE ? 'inherit' : 'ignore'],
  });
}

function end(child) {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

async function until(url) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Nothing answers at ${url}.`);
}

/** A port that nobody listens on. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
