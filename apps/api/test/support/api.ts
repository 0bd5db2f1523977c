import { createDatabase, dropDatabase } from '@behalf/postgres';
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { POSTGRES_URL, TEMPLATE } from './constants.js';
import { noteScan, type Scan, scanForSecrets } from './secret-scan.js';

const MILLISECONDS = 1000;
const DIST = join(__dirname, '../../dist');

/** An API process of one test file, over HTTP, on a database of its own. */
export interface Api {
  readonly issuer: string;
  /** Moves the clock of this file's processes; time goes on from there. */
  advance(seconds: number): Promise<void>;
  resetClock(): Promise<void>;
  /** Runs the background rounds now: sweeps, and the reading of the signing keys. */
  sweep(): Promise<void>;
  /** Every route of the running router, as 'METHOD /path/:name'. */
  routes(): Promise<string[]>;
  /** The names that each route of the management API reads from its query and its body, by route; 'parent/child' where they nest. */
  parameters(): Promise<Record<string, { query: string[]; body: string[] }>>;
  /** Makes and drops months of the audit log now, as the owner. @param now in place of the clock, ISO 8601 */
  upkeep(retention_days: number, now?: string): Promise<void>;
  /** Runs `npm run audit:verify` on this database; `secret_key` in place of the server's. */
  verify(args?: readonly string[], secret_key?: string): Promise<{ code: number; output: string }>;
  /** Resident memory of the first process, in bytes. */
  memory(): Promise<number>;
  /** The database, for the superuser. */
  readonly url: string;
  /** Reads what is on disk, as the superuser. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Runs a statement in a transaction that stays open, with what it locks, until the answered function is called. */
  hold(text: string, values?: unknown[]): Promise<() => Promise<void>>;
  /** A second process on the same database, under the same issuer; `changed` is where its settings differ. */
  replica(changed?: Record<string, string>): Promise<Api>;
  /** Runs one of the server's commands beside it; answers what it printed. */
  command(file: string, args?: readonly string[], changed?: Record<string, string>): Promise<string>;
  /** What the processes have logged so far. */
  logs(): string;
  /** Ends this file's processes, as when all replicas are stopped; the database stays. */
  halt(): Promise<void>;
  /** Has the server write a line into its log. */
  say(text: string): Promise<void>;
  /** Searches the log and the database, as they are now, for every secret that was sent or answered so far. */
  scan(): Promise<Scan>;
  /**
   * Ends this file's processes and drops its database.
   *
   * @throws Error where a secret stands in the log or in the database, or where an answer was not as the OpenAPI document says
   */
  stop(): Promise<void>;
}

/** Settings that tests start with: short lifetimes are allowed, hashing is cheap, limits are off. */
const LIMITS_OFF = { SIGN_IN_FAILURES: '0', CLIENT_FAILURES: '0', PENDING_REQUESTS: '0', DEVICE_POLL_FAILURES: '0' };
const ENVIRONMENT = { MIN_TOKEN_LIFETIME_SECONDS: '1', BCRYPT_COST: '4', LOG_LEVEL: 'debug', ...LIMITS_OFF };

/**
 * Starts the API as it ships on a clone of the template.
 *
 * @param environment what the test is about
 * @param options `hostile` where what is sent is made up: then only what was answered holds secrets
 */
export async function startApi(environment: Record<string, string> = {}, { hostile = false } = {}): Promise<Api> {
  const server = process.env[POSTGRES_URL];
  if (!server) throw new Error('The global setup did not run.');
  const name = `t_${process.env['JEST_WORKER_ID']}_${randomBytes(6).toString('hex')}`;
  await createDatabase(server, name, TEMPLATE);
  const url = server.replace(/\/postgres$/, `/${name}`);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  // Dropping the database ends its connections; a pool that is closing may hear of it.
  pool.on('error', () => undefined);
  const secret_key = environment['SECRET_KEY'] ?? randomBytes(32).toString('base64url');
  const traffic = join(tmpdir(), `${name}.ndjson`);
  const undescribed = join(tmpdir(), `${name}.undescribed`);
  const test = expect.getState().testPath ?? '';
  const children: ChildProcess[] = [];
  let logs = '';
  let offset = 0;

  const scan = () => scanForSecrets(pool, logs, { traffic, hostile }, [{ kind: 'SECRET_KEY', value: secret_key }]);
  const tell = (message: object) => Promise.all(children.filter((child) => child.connected).map((child) => ask(child, message)));
  const start = async (first?: string, changed: Record<string, string> = {}): Promise<Api> => {
    const port = String(await freePort());
    const issuer = first ?? `http://localhost:${port}`;
    const env = {
      PATH: process.env['PATH'],
      ...ENVIRONMENT,
      ISSUER: issuer,
      PORT: port,
      DATABASE_URL: url,
      SECRET_KEY: secret_key,
      TRAFFIC: traffic,
      UNDESCRIBED: undescribed,
      ...environment,
      ...changed,
    };
    const child = fork(join(__dirname, 'server.mjs'), { env, execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (logs += text.toString()));
    children.push(child);
    await ready(child, () => logs);
    if (offset) await ask(child, { type: 'clock', offset });
    return {
      issuer: first === undefined ? issuer : `http://localhost:${port}`,
      advance: async (seconds) => {
        offset += seconds * MILLISECONDS;
        await tell({ type: 'clock', offset });
      },
      resetClock: async () => {
        offset = 0;
        await tell({ type: 'clock', offset });
      },
      sweep: async () => {
        await tell({ type: 'sweep' });
      },
      routes: async () => (await ask<{ routes: string[] }>(child, { type: 'routes' })).routes,
      parameters: async () => (await ask<{ parameters: Awaited<ReturnType<Api['parameters']>> }>(child, { type: 'routes' })).parameters,
      upkeep: async (retention_days, now) => {
        await ask(children[0]!, { type: 'upkeep', retention_days, now });
      },
      verify: (args = [], key = secret_key) => verify({ DATABASE_URL: url, SECRET_KEY: key }, args),
      memory: async () => (await ask<{ rss: number }>(children[0]!, { type: 'memory' })).rss,
      url,
      sql: async <Row extends object>(text: string, values: unknown[] = []) => (await pool.query<Row>(text, values)).rows,
      hold: async (text, values = []) => {
        const connection = await pool.connect();
        await connection.query('BEGIN');
        await connection.query(text, values);
        return async () => {
          await connection.query('COMMIT');
          connection.release();
        };
      },
      replica: (different) => start(issuer, different),
      command: async (file, args = [], different = {}) => {
        const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(DIST, file), ...args], {
          env: { ...env, ...different },
        });
        logs += stdout + stderr;
        return stdout + stderr;
      },
      logs: () => logs,
      halt: async () => {
        await Promise.all(children.map(end));
      },
      say: async (text) => {
        await ask(child, { type: 'say', text });
        // The log comes through a pipe of its own, and may come after the answer.
        while (!logs.includes(text)) await new Promise((resolve) => setTimeout(resolve, 10));
      },
      scan,
      stop: async () => {
        await Promise.all(children.map(end));
        const began = performance.now();
        const scanned = await scan();
        noteScan({ database: name, test, event: 'scanned', ms: Math.round(performance.now() - began), ...scanned });
        await pool.end();
        await dropDatabase(server, name);
        const faults = existsSync(undescribed) ? readFileSync(undescribed, 'utf8') : '';
        for (const file of [traffic, undescribed]) rmSync(file, { force: true });
        if (scanned.findings.length) throw new Error(`Secrets were left behind:\n${JSON.stringify(scanned.findings, null, 2)}`);
        if (faults) throw new Error(`The OpenAPI document does not say so:\n${faults}`);
      },
    };
  };
  const api = await start();
  noteScan({ database: name, test, event: 'started' });
  return api;
}

function verify(env: Record<string, string>, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const command = [join(__dirname, '../../dist/verify-audit.js'), ...args];
    execFile(process.execPath, command, { env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

function ready(child: ChildProcess, said: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`The API ended with code ${code} before it was ready:\n${said()}`)));
  });
}

/** @throws Error with what the process says it could not do */
function ask<Answer = unknown>(child: ChildProcess, message: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    child.once('message', (answer: Answer & { type: string; message?: string }) =>
      answer.type === 'failed' ? reject(new Error(answer.message)) : resolve(answer),
    );
    child.send(message);
  });
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    if (child.connected) child.send({ type: 'stop' });
    else child.kill('SIGKILL');
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
