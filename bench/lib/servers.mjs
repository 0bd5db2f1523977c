import { startPostgres } from '@behalf/postgres';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const HERE = dirname(fileURLToPath(import.meta.url));
export const MAIN = join(HERE, '../../apps/api/dist/main.js');
export const PASSWORD = 'a password for the bench';
const DATABASE = 'bench';

/** The server's own core; the load and PostgreSQL have the other, for every contender alike. */
const pin = existsSync('/usr/bin/taskset') && cpus().length > 1 ? ['taskset', '-c', '0'] : [];

/** The least that node:http can do: read a small form, answer a small JSON. */
export async function startFloor() {
  const port = await freePort();
  const child = start([process.execPath, join(HERE, 'floor.mjs')], { PORT: String(port) });
  await until(`http://127.0.0.1:${port}/`);
  return { url: `http://127.0.0.1:${port}`, stop: () => end(child) };
}

/** Behalf as it ships: logs, audit, limits and all, on a PostgreSQL of its own. */
export async function startBehalf() {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), 'behalf-bench-'));
  const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), durable: true });
  await postgres.ensureDatabase(DATABASE);
  const url = postgres.url(DATABASE);
  const settings = { DATABASE_URL: url, SECRET_KEY: randomBytes(32).toString('base64url'), DEMO_DATA: '1', DEMO_PASSWORD: PASSWORD };
  const child = start([process.execPath, MAIN], { PORT: String(port), DATA_DIR: directory, ...settings });
  const issuer = `http://localhost:${port}`;
  await until(`${issuer}/health/ready`);
  if (pin.length) for (const pid of postgresProcesses(directory)) execFileSync('taskset', ['-a', '-cp', '1', pid], { stdio: 'ignore' });
  return {
    issuer,
    sql: (text, values) => withConnection(url, (connection) => connection.query(text, values)),
    stop: async () => {
      await end(child);
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function withConnection(url, use) {
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}

function start(command, env) {
  const [program, ...args] = [...pin, ...command];
  return spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The server and its sessions; those that it forks later inherit the core. */
function postgresProcesses(directory) {
  const all = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const [postmaster] = all.find(([, , ...args]) => args.join(' ').includes(`-D ${directory}`)) ?? [];
  return all.filter(([pid, parent]) => pid === postmaster || parent === postmaster).map(([pid]) => pid);
}

export function end(child) {
  if (child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

export async function until(url) {
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

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
