import { findPostgres, type Postgres, PostgresError, startPostgres } from '@behalf/postgres';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { PASSWORD } from '../support/constants.js';

const DIST = join(__dirname, '../../dist');
const START_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 25;

/** Whatever is asked of an API process that is named by its address. */
export interface Endpoint {
  readonly issuer: string;
}

/** One process of the API, as `npm start` runs it. */
export interface ApiProcess extends Endpoint {
  readonly pid: number;
  /** Whether it is still there. */
  isAlive(): boolean;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it is gone. */
  stop(): Promise<void>;
  /** The same process again, on the same port. */
  restart(): Promise<ApiProcess>;
  /** What it has said. */
  said(): string;
}

export interface ApiOptions {
  readonly environment?: Record<string, string>;
  /** Folder of a build; this checkout's unless another one is named. */
  readonly dist?: string;
  /** What the process is started through, such as faketime. */
  readonly through?: readonly string[];
  readonly port?: number;
}

/** A durable PostgreSQL of a test's own, which may be killed, and processes of the API on it. */
export class Machine {
  readonly #processes: ApiProcess[] = [];
  readonly #secret_key = randomBytes(32).toString('base64url');
  #pool: pg.Pool | undefined;
  #issuer: string | undefined;

  private constructor(
    readonly folder: string,
    private readonly dataDir: string,
    private postgres: Postgres,
  ) {}

  /** @param dataDir where the database lies, if not in a temporary folder */
  static async start(dataDir?: string): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), 'behalf-faults-'));
    // Root's PostgreSQL runs as another user, who must pass through.
    chmodSync(folder, 0o711);
    const directory = dataDir ?? join(folder, 'postgres');
    const postgres = await startPostgres({ dataDir: directory, durable: true });
    await postgres.ensureDatabase('behalf');
    return new Machine(folder, directory, postgres);
  }

  /** On a server that runs already, and that `stop` ends with the rest. */
  static async over(postgres: Postgres): Promise<Machine> {
    const folder = mkdtempSync(join(tmpdir(), 'behalf-faults-'));
    await postgres.ensureDatabase('behalf');
    return new Machine(folder, '', postgres);
  }

  /** The database, for the superuser. */
  get url(): string {
    return this.postgres.url('behalf');
  }

  /** Reads what is on disk, as the superuser; writes too where the server would rather not. */
  readonly sql = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> => {
    if (!this.#pool) {
      const options = '-c default_transaction_read_only=off';
      this.#pool = new pg.Pool({ connectionString: this.url, max: 4, options });
      // The server may be killed while a connection is idle.
      this.#pool.on('error', () => undefined);
    }
    return (await this.#pool.query<Row>(text, values)).rows;
  };

  /** Starts a process; resolves when it is ready. */
  async api(options: ApiOptions = {}): Promise<ApiProcess> {
    const port = options.port ?? (await freePort());
    const address = `http://localhost:${port}`;
    this.#issuer ??= address;
    const environment = { PORT: String(port), ...this.#environment(), ...options.environment };
    const child = launch([...(options.through ?? []), process.execPath, join(options.dist ?? DIST, 'main.js')], environment);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
    const gone = once(child, 'close');
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await gone;
    };
    const started: ApiProcess = {
      issuer: address,
      pid: child.pid!,
      isAlive: () => child.exitCode === null && child.signalCode === null,
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
      restart: () => this.api({ ...options, port }),
      said: () => said,
    };
    this.#processes.push(started);
    await untilReady(started);
    return started;
  }

  /** SIGKILL to the postmaster: its children end with it, as when the machine dies, and memory is lost. */
  killPostgres(): void {
    const [pid] = readFileSync(join(this.dataDir, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
  }

  /** Whether the server process is there. */
  async isPostgresUp(): Promise<boolean> {
    await sleep(POLL_MILLISECONDS);
    return findPostgres(this.dataDir) !== null;
  }

  /** Starts it again where it was, as soon as what was left of it has gone. */
  async restartPostgres(): Promise<void> {
    const { port } = this.postgres;
    for (;;) {
      try {
        this.postgres = await startPostgres({ dataDir: this.dataDir, port, durable: true });
        return;
      } catch (error) {
        if (!(error instanceof PostgresError) || !/in use|shared memory|lock file/.test(error.message)) throw error;
        await sleep(POLL_MILLISECONDS);
      }
    }
  }

  /** Runs `npm run audit:verify` on this database. */
  verifyAudit(): Promise<{ code: number; output: string }> {
    return new Promise((resolve) => {
      const env = { PATH: process.env['PATH'], ...this.#environment() };
      execFile(process.execPath, [join(DIST, 'verify-audit.js')], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.filter((each) => each.isAlive()).map((each) => each.kill()));
    await this.#pool?.end();
    await this.postgres.stop();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A client whose answer was lost may take a while to come back, so the replay window is as long as it can be set. */
  #environment(): Record<string, string> {
    return {
      ISSUER: this.#issuer ?? 'http://localhost:1',
      DATABASE_URL: this.url,
      SECRET_KEY: this.#secret_key,
      DEMO_DATA: '1',
      DEMO_PASSWORD: PASSWORD,
      MIN_TOKEN_LIFETIME_SECONDS: '1',
      REFRESH_REPLAY_SECONDS: '60',
      BCRYPT_COST: '4',
      SIGN_IN_FAILURES: '0',
      CLIENT_FAILURES: '0',
      PENDING_REQUESTS: '0',
      DEVICE_POLL_FAILURES: '0',
      LOG_LEVEL: 'error',
    };
  }
}

function launch([file, ...args]: readonly string[], environment: Record<string, string>): ChildProcess {
  return spawn(file!, args, { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function untilReady(started: ApiProcess): Promise<void> {
  const deadline = performance.now() + START_MILLISECONDS;
  while (performance.now() < deadline && started.isAlive()) {
    const answer = await fetch(`${started.issuer}/health/ready`).catch(() => null);
    if (answer?.status === 200) return;
    await sleep(POLL_MILLISECONDS);
  }
  throw new Error(`The API did not become ready:\n${started.said()}`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
