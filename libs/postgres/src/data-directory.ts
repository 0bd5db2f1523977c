import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { awaitRelease, isAlive } from './lock-file.js';
import { PostgresError, reasonOf } from './postgres-error.js';
import type { Programs } from './programs.js';

/** The superuser that `initdb` makes. */
export const SUPERUSER = 'postgres';

const PASSWORD_BYTES = 24;

/**
 * Makes the folder that holds the data directory.
 *
 * @throws PostgresError
 */
export function prepareParent(directory: string): void {
  try {
    // Root's server runs as another user, who must pass through; all that lies in it is closed by itself.
    makeFolder(dirname(directory), process.getuid?.() === 0 ? 0o711 : 0o700);
    sweepUnfinished(directory);
  } catch (error) {
    throw new PostgresError(`The folder ${dirname(directory)} cannot be written: ${reasonOf(error)}.`);
  }
}

/** One level at a time: Node's own recursion never ends where the system answers ENOENT to a creation, as /proc does. */
function makeFolder(path: string, mode: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path), mode);
  mkdirSync(path, { mode });
}

/**
 * Makes sure that the directory holds a database cluster of this major version that nobody uses.
 *
 * @returns the superuser's password
 * @throws PostgresError
 */
export async function prepareDataDirectory(directory: string, programs: Programs, durable: boolean): Promise<string> {
  const major = majorOf(directory);
  if (major !== null && major !== programs.major) {
    throw new PostgresError(
      `The data directory ${directory} was made by PostgreSQL ${major} and this is PostgreSQL ${programs.major}: move its data with a dump, or choose another directory.`,
    );
  }
  const password = readPassword(directory) ?? makePassword(directory, major !== null);
  if (major === null) await initialize(directory, programs, password, durable);
  await awaitRelease(directory);
  return password;
}

/** @returns the version that the cluster in the directory was made by, null where there is nothing yet */
function majorOf(directory: string): number | null {
  try {
    if (!readdirSync(directory).length) return null;
    return Number.parseInt(readFileSync(join(directory, 'PG_VERSION'), 'utf8'), 10);
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new PostgresError(`The data directory ${directory} cannot be read: ${reasonOf(error)}.`);
    if (syscall === 'scandir') return null;
    throw new PostgresError(`The directory ${directory} holds files but no PostgreSQL data; empty it or choose another one.`);
  }
}

const passwordFile = (directory: string): string => `${directory}.password`;

/**
 * The superuser's password of a cluster, null where there is none yet.
 *
 * @throws PostgresError
 */
export function readPassword(directory: string): string | null {
  try {
    return readFileSync(passwordFile(directory), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new PostgresError(`The file ${passwordFile(directory)} cannot be read: ${reasonOf(error)}.`);
  }
}

/** The password stays beside the data, readable by whoever starts the server and by nobody else. */
function makePassword(directory: string, isLate: boolean): string {
  const file = passwordFile(directory);
  if (isLate) throw new PostgresError(`The file ${file} with the password of the data directory ${directory} is missing; restore it.`);
  const draft = `${file}.${process.pid}`;
  try {
    writeFileSync(draft, randomBytes(PASSWORD_BYTES).toString('base64url'), { mode: 0o600, flush: true });
    // A link appears whole or not at all, and never over that of a start beside ours.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new PostgresError(`The file ${file} cannot be written: ${reasonOf(error)}.`);
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

/** Works in a folder of its own that is renamed when all is done: a killed initdb leaves no half of a cluster behind. */
async function initialize(directory: string, programs: Programs, password: string, durable: boolean): Promise<void> {
  try {
    const workshop = mkdtempSync(`${directory}.new-${process.pid}-`);
    try {
      const pwfile = join(workshop, 'password');
      writeFileSync(pwfile, password, { mode: 0o600 });
      for (const path of [workshop, pwfile]) programs.handOver(path);
      await runInitdb(programs, join(workshop, 'data'), pwfile, durable);
      renameSync(join(workshop, 'data'), directory);
      syncFolder(dirname(directory));
    } finally {
      rmSync(workshop, { recursive: true, force: true });
    }
  } catch (error) {
    if (error instanceof PostgresError) throw error;
    // Another start was quicker; the lock file decides between the two.
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') return;
    throw new PostgresError(`The data directory ${directory} cannot be made: ${reasonOf(error)}.`);
  }
}

async function runInitdb(programs: Programs, data: string, pwfile: string, durable: boolean): Promise<void> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = [`--username=${SUPERUSER}`, `--pwfile=${pwfile}`, '--auth=scram-sha-256'];
  const how = ['--no-instructions', ...(durable ? [] : ['--no-sync'])];
  const { file, args, options } = programs.command('initdb', [`--pgdata=${data}`, ...locale, ...access, ...how]);
  const initdb = spawn(file, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => initdb.once('error', reject).once('close', resolve));
  const [status, said] = await Promise.all([ended, text(initdb.stderr)]);
  if (status !== 0)
    throw new PostgresError(`PostgreSQL could not make its data directory: ${said.trim().split('\n')[0] || `initdb ended with ${status}`}`);
}

/** Removes what an initdb left that was killed on its way. */
function sweepUnfinished(directory: string): void {
  const prefix = `${basename(directory)}.new-`;
  for (const name of readdirSync(dirname(directory))) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : 0;
    if (pid && (pid === process.pid || !isAlive(pid)))
      rmSync(join(dirname(directory), name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
