import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, run } from './run.mjs';
import { runRings } from './rings.mjs';
import { say, step } from './say.mjs';

const MIGRATIONS = 'apps/api/src/platform/database/migrations/[0-9]*.ts';
const DISK_MEGABYTES = 192;
const FAKETIME = 'faketime';

/**
 * Breaks what the server stands on, and sees that it stays right. Prepares what the tests cannot make by themselves: a build
 * of the server from before the newest migration, a disk that may be filled, and a clock that may be set.
 *
 * @param narrow arguments for the test runner, such as a file name
 * @returns an exit code
 */
export async function runFaults(narrow) {
  const wanted = (file) => !narrow.length || narrow.some((name) => file.includes(name));
  const left = [];
  process.env.FAULTS_FIGURES = '1';
  if (wanted('clock') && !(await provideFaketime())) return 1;
  if (wanted('generations')) process.env.FAULTS_OLDER = await buildOlder();
  if (wanted('generations') && !process.env.FAULTS_OLDER) return 1;
  if (wanted('full-disk')) {
    const { disk, reason } = mountDisk();
    if (disk) process.env.FAULTS_DISK = disk;
    else left.push(`✗ The disk that fills up was not tried: ${reason}.`);
  }
  // One file at a time: figures taken beside another fault are figures of both.
  const how = ['--runInBand', ...(left.length ? ['--testPathIgnorePatterns=full-disk'] : [])];
  const code = await runRings(['faults'], [...narrow, ...how]);
  // Where the run scrolls by, this is what has to be read.
  for (const line of left) say(line);
  return code;
}

/** The clock of a process is set by a library of the distribution; without it the run fails, it does not leave it out. */
async function provideFaketime() {
  const isThere = () => existsSync('/usr/bin/faketime');
  if (!isThere() && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, quiet: true };
    const install = ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', FAKETIME];
    await step('There is no faketime: installing it with apt-get', async () => {
      await run('apt-get', ['update', '-q'], options);
      return run('apt-get', install, options);
    });
  }
  if (!isThere()) say('✗ The clock of a process cannot be set: install the package faketime.');
  return isThere();
}

/** @returns the folder of the server's build at the commit before the newest migration came, or undefined */
async function buildOlder() {
  if (git('rev-parse', '--is-shallow-repository') !== 'false') {
    say('✗ This checkout has no history, so there is no older server to be tried: fetch it (git fetch --unshallow).');
    return undefined;
  }
  const since = git('log', '--diff-filter=A', '--format=%H', '-1', '--', MIGRATIONS);
  const checkout = mkdtempSync(join(tmpdir(), 'behalf-older-'));
  process.once('exit', () => {
    rmSync(checkout, { recursive: true, force: true, maxRetries: 3 });
    git('worktree', 'prune');
  });
  git('worktree', 'add', '--detach', '--force', checkout, `${since}^`);
  const build = () => run(process.execPath, ['tools/bootstrap.mjs', 'build'], { cwd: checkout, quiet: true });
  const code = await step(`Building the server as it was before ${since.slice(0, 7)}`, build);
  return code === 0 ? join(checkout, 'apps/api/dist') : undefined;
}

/** @returns the folder of a small file system, or why there is none */
function mountDisk() {
  const disk = mkdtempSync(join(tmpdir(), 'behalf-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEGABYTES}m,mode=711`, 'behalf', disk], { stdio: 'pipe' });
  } catch (error) {
    rmSync(disk, { recursive: true, force: true });
    return { reason: `a file system of a limited size cannot be mounted here (${String(error.stderr ?? error.message).trim()})` };
  }
  process.once('exit', () => {
    execFileSync('umount', ['--lazy', disk], { stdio: 'ignore' });
    rmSync(disk, { recursive: true, force: true });
  });
  return { disk };
}

function git(...args) {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}
