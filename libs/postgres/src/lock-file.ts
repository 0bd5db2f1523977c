import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { PostgresError, reasonOf } from './postgres-error.js';

const POLL_MS = 20;
/** A server whose parent has just died needs a moment before it says that it is stopping. */
const GRACE_MS = 500;
const STOPPING_MS = 30_000;

/** What `postmaster.pid` says of the server that wrote it. */
interface LockFile {
  readonly pid: number;
  readonly status: string;
  readonly port: number;
}

/**
 * Waits for a server that is stopping, and removes a lock file whose process number is another program's by now.
 *
 * @throws PostgresError where a server stays
 */
export async function awaitRelease(directory: string): Promise<void> {
  for (let waited = 0; ; waited += POLL_MS) {
    const lock = readLockFile(directory);
    // The file of a dead process stays: PostgreSQL finds there whether children of it still live.
    if (!lock || !isAlive(lock.pid)) return;
    // Common where a container starts anew. PostgreSQL would take any process of the same user for its predecessor.
    if (!isPostgres(lock.pid)) return rmSync(pathOf(directory), { force: true });
    if (waited >= (lock.status === 'stopping' ? STOPPING_MS : GRACE_MS)) throw inUse(directory, lock.pid);
    await setTimeout(POLL_MS);
  }
}

/** @returns the process that serves from the directory now, or null */
export function holderOf(directory: string): number | null {
  const lock = readLockFile(directory);
  return lock && isAlive(lock.pid) && isPostgres(lock.pid) ? lock.pid : null;
}

/** @returns the port of the server that takes connections for this directory now, or null */
export function portOf(directory: string): number | null {
  const lock = readLockFile(directory);
  return lock?.status === 'ready' && isAlive(lock.pid) && isPostgres(lock.pid) ? lock.port : null;
}

/** Whether the server with this process number takes connections. */
export function isReady(directory: string, pid: number): boolean {
  const lock = readLockFile(directory);
  return lock?.pid === pid && lock.status === 'ready';
}

export function inUse(directory: string, pid: number): PostgresError {
  return new PostgresError(`The data directory ${directory} is in use by process ${pid}.`);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const pathOf = (directory: string): string => join(directory, 'postmaster.pid');

function readLockFile(directory: string): LockFile | null {
  try {
    const lines = readFileSync(pathOf(directory), 'utf8').split('\n');
    const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10));
    return pid ? { pid, status: lines[7]?.trim() ?? '', port: Number(lines[3]) } : null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new PostgresError(`The data directory ${directory} cannot be read: ${reasonOf(error)}.`);
  }
}

/** A process that shows no name may be the server of another user: that counts as one. */
function isPostgres(pid: number): boolean {
  return ['', 'postgres'].includes(programName(pid));
}

function programName(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' });
    return basename((stdout ?? '').trim());
  }
}
