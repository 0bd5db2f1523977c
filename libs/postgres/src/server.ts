import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepareDataDirectory, prepareParent, readPassword, SUPERUSER } from './data-directory.js';
import { ensureDatabase } from './databases.js';
import { awaitRelease, holderOf, inUse, isReady, portOf } from './lock-file.js';
import { PostgresError } from './postgres-error.js';
import { findPrograms, type Programs } from './programs.js';

const HOST = '127.0.0.1';
const PORT_ATTEMPTS = 5;
const POLL_MS = 5;
const LINES_KEPT = 20;
/** Between two attempts to start it again: doubled each time, up to the second one. */
const REVIVAL_MS = 200;
const REVIVAL_MAX_MS = 5_000;
/** After this a fast shutdown becomes an immediate one, which loses nothing but the quick next start. */
const SHUTDOWN_MS = 30_000;

export interface PostgresOptions {
  /** Where the cluster lives; made when it is not there. Its password stands beside it, in `<dataDir>.password`. */
  readonly dataDir: string;
  /** 0, the default, picks a free one. */
  readonly port?: number;
  /** false gives up safety against a power cut for speed: for tests. */
  readonly durable: boolean;
  /** Starts it again, on the same port, whenever it ends without having been told to. */
  readonly revive?: boolean;
  /** Told when it ended without having been told to, and why it does not start again: once, and anew where the reason changes. */
  readonly warn?: (message: string) => void;
  /** Receives the server's own log, line by line. */
  readonly log?: (line: string) => void;
}

/** A running server. It never keeps the process alive, and stops when the process is gone, whatever ended it. */
export interface Postgres {
  readonly port: number;
  /** The URL of a database, `postgres` unless another is named, with the superuser's password in it. */
  readonly url: (database?: string) => string;
  /** Creates the database unless it is there. */
  readonly ensureDatabase: (name: string) => Promise<void>;
  /** Ends all connections and stops; resolves when the server is gone. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a PostgreSQL of its own on 127.0.0.1, with a password and no socket file; resolves when it takes connections.
 *
 * @throws PostgresError
 */
export async function startPostgres({ dataDir, port = 0, durable, revive = false, warn, log }: PostgresOptions): Promise<Postgres> {
  const directory = resolve(dataDir);
  prepareParent(directory);
  const programs = findPrograms(directory);
  const password = await prepareDataDirectory(directory, programs, durable);
  const server = await launch(directory, programs, port, durable, log);
  const url = addressOf(server.port, password);
  const again = async () => {
    await awaitRelease(directory);
    return launch(directory, programs, server.port, durable, log);
  };
  const keeper = revive ? new Keeper(server, again, warn) : server;
  return { port: server.port, url, ensureDatabase: (name) => ensureDatabase(url(), name), stop: () => keeper.stop() };
}

/**
 * The URLs of the server that another process runs in a data directory, for a command beside it.
 *
 * @returns null where none runs
 * @throws PostgresError
 */
export function findPostgres(dataDir: string): Postgres['url'] | null {
  const directory = resolve(dataDir);
  const port = portOf(directory);
  const password = port === null ? null : readPassword(directory);
  return port === null || password === null ? null : addressOf(port, password);
}

function addressOf(port: number, password: string): Postgres['url'] {
  return (database = 'postgres') => `postgres://${SUPERUSER}:${password}@${HOST}:${port}/${encodeURIComponent(database)}`;
}

async function launch(
  directory: string,
  programs: Programs,
  wanted: number,
  durable: boolean,
  log: PostgresOptions['log'],
): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted || (await freePort());
    const server = new Server(directory, programs, port, durable, log);
    const fault = await server.ready();
    if (!fault) return server;
    const holder = holderOf(directory);
    if (holder !== null) throw inUse(directory, holder);
    if (!/could not bind/i.test(fault)) throw new PostgresError(`PostgreSQL did not start: ${fault}`);
    if (wanted) throw new PostgresError(`Port ${port} on ${HOST} is in use by another program.`);
    if (attempt === PORT_ATTEMPTS) throw new PostgresError(`No free port was found on ${HOST} in ${PORT_ATTEMPTS} attempts.`);
  }
}

/** Keeps a server running until it is told to stop. */
class Keeper {
  private readonly stopping = new AbortController();
  private revival = Promise.resolve();

  constructor(
    private server: Server,
    private readonly again: () => Promise<Server>,
    private readonly warn: PostgresOptions['warn'],
  ) {
    void this.watch();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.revival;
    await this.server.stop();
  }

  private async watch(): Promise<void> {
    await this.server.exited;
    if (this.stopping.signal.aborted) return;
    this.warn?.('PostgreSQL ended without having been told to; it is started again.');
    this.revival = this.revive();
  }

  /** What is left of the one that ended, or a full disk, may stand in the way for a while: it is tried until it works. */
  private async revive(): Promise<void> {
    const { signal } = this.stopping;
    let told = '';
    for (let pause = REVIVAL_MS; !signal.aborted; pause = Math.min(2 * pause, REVIVAL_MAX_MS)) {
      try {
        this.server = await this.again();
        void this.watch();
        return;
      } catch (fault) {
        const message = fault instanceof Error ? fault.message : String(fault);
        if (message !== told) this.warn?.(message);
        told = message;
        await sleep(pause, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

/** One run of the server process. */
class Server {
  private readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  private readonly lastLines: string[] = [];
  private stopped?: Promise<void>;

  constructor(
    private readonly directory: string,
    programs: Programs,
    readonly port: number,
    durable: boolean,
    log: PostgresOptions['log'],
  ) {
    const { file, args, options } = programs.command('postgres', ['-D', directory, ...settings(port, durable)]);
    // Detached: Ctrl-C in a terminal must reach the API, which ends its work first, and not the database.
    this.child = spawn(file, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
    this.exited = once(this.child, 'close').catch((error: unknown) => this.lastLines.push(String(error)));
    createInterface(this.child.stderr!).on('line', (line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > LINES_KEPT) this.lastLines.shift();
      log?.(line);
    });
    stopWithParent(this.child);
  }

  /** @returns null, or why the server is gone */
  async ready(): Promise<string | null> {
    const gone = this.exited.then(() => true);
    while (!isReady(this.directory, this.child.pid ?? 0)) {
      if (await Promise.race([gone, sleep(POLL_MS)])) return this.lastWords();
    }
    this.child.unref();
    (this.child.stderr as Socket).unref();
    return null;
  }

  stop(): Promise<void> {
    return (this.stopped ??= this.shutDown());
  }

  private lastWords(): string {
    const line = [/could not bind/, /FATAL|PANIC/, /./].map((pattern) => this.lastLines.find((text) => pattern.test(text))).find(Boolean);
    return line?.replace(/^[A-Z]+: +/, '') ?? 'it ended without a word';
  }

  private async shutDown(): Promise<void> {
    this.child.ref();
    (this.child.stderr as Socket).ref();
    this.child.kill('SIGINT');
    const impatience = setTimeout(() => this.child.kill('SIGQUIT'), SHUTDOWN_MS);
    await this.exited;
    clearTimeout(impatience);
  }
}

function settings(port: number, durable: boolean): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: HOST,
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '',
    jit: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * A shell that waits on a pipe which only we hold open: when it closes we are gone, by SIGKILL too, and the server is
 * told to stop. It needs nothing of the platform, and no handler in this process that could end it.
 */
function stopWithParent(server: ChildProcess): void {
  if (server.pid === undefined) return;
  const guard = spawn('sh', ['-c', 'read -r _; kill -INT "$1"', 'sh', String(server.pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.once('error', () => undefined);
  guard.unref();
  (guard.stdin as Socket).unref();
  // Its number may soon be another program's.
  server.once('exit', () => guard.kill('SIGKILL'));
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, HOST);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
