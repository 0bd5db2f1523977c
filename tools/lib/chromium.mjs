import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bin, ROOT, run } from './run.mjs';
import { say } from './say.mjs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/snap/bin/chromium'];

/**
 * Finds a Chromium, or installs one: Debian's package as root, else Playwright's own download, which needs the open
 * internet. Answers its path, or null when there is none: the journeys then fail, they are not skipped.
 */
export async function findChromium() {
  const found = installed();
  if (found) {
    say(`· Chromium: ${found}`);
    return found;
  }
  if (process.getuid?.() === 0 && isExecutable('/usr/bin/apt-get')) {
    say('· Chromium is missing: installing it with apt-get');
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    await run('apt-get', ['update', '-q'], { env, quiet: true });
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { env, quiet: true });
  } else {
    say('· Chromium is missing: downloading it with Playwright');
    await bin('playwright', ['install', 'chromium'], { cwd: join(ROOT, 'e2e'), quiet: true });
  }
  const path = installed();
  say(path ? `· Chromium: ${path}` : '· There is no Chromium: set CHROMIUM to one, or install it. The journeys fail without.');
  return path;
}

function installed() {
  return [process.env.CHROMIUM, ...PATHS, ownDownload()].find((path) => path && isExecutable(path)) ?? null;
}

function ownDownload() {
  try {
    return createRequire(join(ROOT, 'e2e/package.json'))('@playwright/test').chromium.executablePath();
  } catch {
    return undefined;
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
