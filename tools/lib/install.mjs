import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, ROOT } from './run.mjs';
import { step } from './say.mjs';
import { fingerprint, isDone, markDone } from './stamp.mjs';

const MANIFESTS = [
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  ...['apps/api', 'apps/web', 'libs/domain', 'libs/postgres', 'e2e', 'bench'].map((folder) => `${folder}/package.json`),
];

/** Installs from the frozen lockfile, unless that was done for exactly these manifests. */
export async function installDependencies() {
  const print = fingerprint(MANIFESTS);
  if (isDone('install', print) && existsSync(join(ROOT, 'node_modules/.modules.yaml'))) return;
  const code = await step('Installing dependencies', () => pnpm(['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'], { quiet: true }));
  if (code !== 0) {
    process.stdout.write('The dependencies could not be installed; the lines above say why.\n');
    process.exit(1);
  }
  markDone('install', print);
}
