import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { bin, ROOT, run } from './run.mjs';
import { say, step } from './say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FOLDERS = ['/usr/bin', '/usr/local/bin', '/snap/bin', ...(process.env.PATH ?? '').split(delimiter)];
const MACOS = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * Finds a Chromium, or else installs one: the distribution's package where we are root, then Playwright's own.
 *
 * @returns its path, or null; the journeys then fail, they are not skipped
 */
export async function provideChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get'))
    await step('There is no Chromium: installing it with apt-get', installPackage);
  if (!findChromium()) await step('There is no Chromium: installing it with Playwright', installWithPlaywright);
  const path = findChromium();
  if (!path) say('There is no Chromium, so the journeys fail: install one, or name it in CHROMIUM.');
  return path;
}

async function installPackage() {
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, quiet: true };
  // A source that cannot be reached need not be the one that is needed.
  await run('apt-get', ['update', '-q'], options);
  return run('apt-get', ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', 'chromium'], options);
}

function installWithPlaywright() {
  return bin('playwright', ['install', 'chromium'], { cwd: join(ROOT, 'e2e'), quiet: true });
}

function findChromium() {
  const paths = [
    process.env.CHROMIUM,
    ...FOLDERS.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    MACOS,
    playwrightChromium(),
  ];
  return paths.find((path) => path && isBrowser(path)) ?? null;
}

function playwrightChromium() {
  try {
    return createRequire(join(ROOT, 'e2e/package.json'))('@playwright/test').chromium.executablePath();
  } catch {
    return null;
  }
}

/** Some distributions have a script of that name which only says where to get the browser. */
function isBrowser(path) {
  if (!existsSync(path)) return false;
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return status === 0 && /^(Chromium|Google Chrome)/.test(stdout);
}
