import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideChromium } from './chromium.mjs';
import { ROOT, run } from './run.mjs';
import { runRings } from './rings.mjs';
import { say, step } from './say.mjs';

const MIGRATIONS = 'apps/api/src/platform/database/migrations/[0-9]*.ts';
const DISK_MEGABYTES = 192;
const FAKETIME = 'faketime';
/** Files whose servers stand behind nginx, with a browser in front. */
const BEHIND_PROXY = ['topology', 'journeys', 'patroni'];

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
    else left.push({ name: 'full-disk', reason });
  }
  if (BEHIND_PROXY.some(wanted)) await provideProxy();
  for (const [name, missing] of Object.entries(missingPrograms())) {
    if (wanted(name) && missing.length) left.push({ name, reason: `there is no ${missing.join(', no ')}` });
  }
  // One file at a time: figures taken beside another fault are figures of both.
  const how = ['--runInBand', ...left.map(({ name }) => `--testPathIgnorePatterns=${name}.faults`)];
  const code = await runRings(['faults'], [...narrow, ...how]);
  // Where the run scrolls by, this is what has to be read.
  for (const { name, reason } of left) say(`✗ Not run, skipped: ${name}.faults.ts (${reason}).`);
  return code;
}

/** What a test needs of Debian that cannot be had from npm. */
function missingPrograms() {
  const missing = (...paths) => paths.filter((path) => !existsSync(path));
  const postgres = missing('/usr/lib/postgresql/15/bin/postgres', '/usr/lib/postgresql/15/bin/pg_basebackup');
  const topology = [...postgres, ...missing('/usr/sbin/nginx', '/usr/bin/openssl')];
  return {
    restore: postgres,
    topology,
    journeys: topology,
    patroni: [...topology, ...missing('/usr/bin/patroni', '/usr/bin/etcd', '/usr/sbin/haproxy')],
  };
}

/** nginx, where it can be installed, and a certificate of localhost that Node has to know from its start on. */
async function provideProxy() {
  if (!existsSync('/usr/sbin/nginx')) await installDebian('nginx-light');
  if (missingPrograms().topology.length) return;
  process.env.CHROMIUM ??= (await provideChromium()) ?? '';
  const folder = mkdtempSync(join(tmpdir(), 'behalf-tls-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-keyout', 'key.pem'];
  execFileSync('openssl', ['req', '-x509', '-days', '2', ...key, '-out', 'cert.pem', ...names], { cwd: folder, stdio: 'pipe' });
  process.env.FAULTS_TLS = folder;
  process.env.NODE_EXTRA_CA_CERTS = join(folder, 'cert.pem');
}

/** Does nothing where we may not install. */
async function installDebian(name) {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, quiet: true };
  await step(`There is no ${name}: installing it with apt-get`, async () => {
    // A source that cannot be reached need not be the one that is needed.
    await run('apt-get', ['update', '-q'], options);
    return run('apt-get', ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', name], options);
  });
}

/** The clock of a process is set by a library of the distribution; without it the run fails, it does not leave it out. */
async function provideFaketime() {
  const isThere = () => existsSync('/usr/bin/faketime');
  if (!isThere()) await installDebian(FAKETIME);
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
