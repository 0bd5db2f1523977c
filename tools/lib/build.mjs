import { join } from 'node:path';
import { bin, ROOT } from './run.mjs';
import { step } from './say.mjs';
import { unlessDone } from './stamp.mjs';

const COMMON = ['libs/domain/src', 'libs/domain/package.json', 'libs/domain/tsconfig.json', 'tsconfig.base.json', 'pnpm-lock.yaml'];

/**
 * Builds the libraries and the server, where they changed since they were last built.
 *
 * @returns an exit code
 */
export function buildServer() {
  return unlessDone('server', {
    inputs: [
      ...COMMON,
      ...['libs/dpop', 'libs/postgres', 'libs/resource-server', 'apps/api', 'apps/cli'].flatMap((folder) => [
        `${folder}/src`,
        `${folder}/tsconfig.json`,
      ]),
    ],
    outputs: [
      'libs/domain/dist/index.js',
      'libs/dpop/dist/index.js',
      'libs/postgres/dist/index.js',
      'libs/resource-server/dist/index.js',
      'apps/api/dist/main.js',
      'apps/cli/dist/main.js',
    ],
    run: () => step('Building the server', () => bin('tsc', ['-b', 'libs/resource-server', 'apps/api', 'apps/cli'], { quiet: true })),
  });
}

/** Builds everything, the admin app after the rules that it shares with the server. */
export async function build() {
  const code = await buildServer();
  return code === 0 ? buildAdminApp() : code;
}

function buildAdminApp() {
  const cwd = join(ROOT, 'apps/web');
  return unlessDone('admin-app', {
    inputs: [...COMMON, 'apps/web'],
    outputs: ['apps/web/dist/index.html'],
    run: () => step('Building the admin app', () => bin('vite', ['build', '--logLevel', 'warn'], { cwd, quiet: true })),
  });
}
