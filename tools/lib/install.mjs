import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pnpm, ROOT } from './run.mjs';
import { step } from './say.mjs';
import { unlessDone } from './stamp.mjs';

const INSTALL = ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'];

/**
 * Installs exactly what the lockfile says, unless that was done already.
 *
 * @returns an exit code
 */
export function install() {
  const folders = workspaceFolders();
  return unlessDone('install', {
    inputs: ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...folders.map((folder) => `${folder}/package.json`)],
    outputs: ['node_modules/.modules.yaml', ...folders.filter(hasDependencies).map((folder) => `${folder}/node_modules`)],
    run: () => step('Installing dependencies', () => pnpm(INSTALL, { quiet: true })),
  });
}

/** The folders that pnpm-workspace.yaml lists, which there is no YAML parser yet to read. */
export function workspaceFolders() {
  const parents = ['apps', 'libs'].flatMap((parent) => readdirSync(join(ROOT, parent)).map((name) => `${parent}/${name}`));
  return [...parents, 'e2e', 'bench'].filter((folder) => existsSync(join(ROOT, folder, 'package.json')));
}

function hasDependencies(folder) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'));
  return Boolean(dependencies ?? devDependencies);
}
