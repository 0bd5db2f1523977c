import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { type Binaries, findBinaries } from './binaries.js';
import { PostgresError } from './postgres-error.js';
import { launcherFor } from './privileges.js';

export interface StartOptions {
  /** Where the data lives; made when it is missing. Its parent must be writable, or this must be an existing writable folder. */
  readonly dataDir: string;
  /** Left out: a free one. */
  readonly port?: number;
  /** False gives up crash safety for speed: only for data that is thrown away. */
  readonly durable: boolean;
}

/** A running server of our own. */
export interface Postgres {
  readonly port: number;
  /** Address of a database, for its superuser. */
  url(database: string): string;
  /** Makes a database unless it is there. */
  ensureDatabase(name: string): Promise<void>;
  /** Stops it (fast shutdown) and waits until it is gone. */
  stop(): Promise<void>;
}

const SUPERUSER = 'behalf';
const PASSWORD_FILE = 'postgres-password';
/** Written when initdb has finished: a folder without it was left half made. */
const COMPLETE_FILE = 'behalf-complete';
const START_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 25;

const LOCALE = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

/**
 * Starts PostgreSQL on 127.0.0.1, making its data folder the first time. The server dies with this process, also when
 * that is killed, and never with the terminal's Ctrl-C before this process has used it for the last time.
 *
 * @throws PostgresError in one sentence: folder in use, not writable, of another version, or a server that does not start
 */
export async function startPostgres(options: StartOptions): Promise<Postgres> {
  const binaries = findBinaries();
  const password = preparePassword(options);
  prepareData(binaries, options, password);
  refuseRunning(options.dataDir);
  const port = options.port ?? (await freePort());
  const child = launch(binaries, options, port);
  const url = (database: string) => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
  await waitUntilReady(child, url('postgres'), options.dataDir);
  return {
    port,
    url,
    ensureDatabase: (name) => ensureDatabase(url('postgres'), name),
    stop: () => stop(child),
  };
}

function preparePassword({ dataDir }: StartOptions): string {
  const file = join(dirname(dataDir), PASSWORD_FILE);
  try {
    mkdirSync(dirname(dataDir), { recursive: true, mode: 0o700 });
    if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new PostgresError(`The folder ${dirname(dataDir)} is not writable (${(cause as Error).message}).`);
  }
}

function prepareData(binaries: Binaries, { dataDir }: StartOptions, password: string): void {
  if (existsSync(join(dataDir, COMPLETE_FILE))) return checkVersion(binaries, dataDir);
  if (existsSync(join(dataDir, 'PG_VERSION')) && existsSync(join(dataDir, 'postmaster.pid'))) refuseRunning(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const launcher = launcherFor(binaries.initdb);
  launcher.own(dataDir);
  const passwordFile = `${dataDir}.initdb`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  launcher.own(passwordFile);
  const flags = ['-D', dataDir, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync', ...LOCALE];
  const made = spawnSync(launcher.command, [...launcher.prefix, ...flags], { encoding: 'utf8', env: serverEnvironment(), cwd: '/' });
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) throw new PostgresError(`PostgreSQL could not make its data folder ${dataDir}: ${lastLine(made.stderr) ?? made.error?.message}.`);
  writeFileSync(join(dataDir, COMPLETE_FILE), '');
}

function checkVersion(binaries: Binaries, dataDir: string): void {
  const data = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  const server = /\(PostgreSQL\) (\d+)/.exec(spawnSync(binaries.postgres, ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1];
  if (server && server !== data) {
    throw new PostgresError(`The data folder ${dataDir} is of PostgreSQL ${data}, this server is ${server}: dump it with the old one and load it into the new one.`);
  }
}

/** The lock file of a server that lives; PostgreSQL itself clears away a stale one. */
function refuseRunning(dataDir: string): void {
  const file = join(dataDir, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  if (pid > 0 && isAlive(pid)) throw new PostgresError(`The data folder ${dataDir} is in use by process ${pid}; stop that server first, or set DATA_DIR.`);
}

/** Whether the process is there, and, where the system tells, is a PostgreSQL: after a reboot a pid may be anyone's. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const command = `/proc/${pid}/cmdline`;
  return !existsSync(command) || readFileSync(command, 'utf8').includes('postgres');
}

function launch(binaries: Binaries, { dataDir, durable }: StartOptions, port: number): ChildProcess {
  const launcher = launcherFor(binaries.postgres);
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`, 'log_min_messages=fatal', 'max_connections=200', ...(durable ? [] : FAST)];
  const flags = ['-D', dataDir, ...settings.flatMap((setting) => ['-c', setting])];
  // Detached, so that Ctrl-C reaches this process first and it can finish what it is writing.
  const child = spawn(launcher.command, [...launcher.prefix, ...flags], { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: serverEnvironment(), cwd: '/' });
  child.unref();
  return child;
}

/** Only what a server needs: nothing of ours, and no locale of the machine. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

async function waitUntilReady(child: ChildProcess, url: string, dataDir: string): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)));
  (child.stderr as unknown as { unref?: () => void } | null)?.unref?.();
  const deadline = Date.now() + START_MILLISECONDS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new PostgresError(`PostgreSQL did not start in ${dataDir}: ${lastLine(said) ?? 'it gave no reason'}.`);
    }
    if (await answers(url)) return;
    if (Date.now() > deadline) {
      child.kill('SIGINT');
      throw new PostgresError(`PostgreSQL did not start in ${dataDir} within ${START_MILLISECONDS / 1000} seconds.`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (!rowCount) await client.query(`CREATE DATABASE ${quote(name)}`);
  });
}

/** Clones a database; nobody may be connected to the template meanwhile. */
export async function createDatabase(url: string, name: string, template: string): Promise<void> {
  await withClient(url, (client) => client.query(`CREATE DATABASE ${quote(name)} TEMPLATE ${quote(template)}`));
}

/** Drops a database, whoever is still connected. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await withClient(url, (client) => client.query(`DROP DATABASE IF EXISTS ${quote(name)} WITH (FORCE)`));
}

async function withClient<T>(url: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function lastLine(text: string | null): string | undefined {
  return text?.trim().split('\n').at(-1)?.replace(/\.$/, '') || undefined;
}
