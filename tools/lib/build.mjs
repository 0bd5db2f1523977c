import { join } from 'node:path';
import { bin, ROOT } from './run.mjs';
import { step } from './say.mjs';
import { unlessDone } from './stamp.mjs';

const COMMON = ['libs/domain/src', 'libs/domain/package.json', 'libs/domain/tsconfig.json', 'tsconfig.base.json', 'pnpm-lock.yaml'];

const PARTS = [
  {
    name: 'server',
    inputs: [...COMMON, 'libs/postgres/src', 'libs/postgres/tsconfig.json', 'apps/api/src', 'apps/api/tsconfig.json'],
    outputs: ['libs/domain/dist/index.js', 'libs/postgres/dist/index.js', 'apps/api/dist/main.js'],
    run: () => step('Building the server', () => bin('tsc', ['-b', 'apps/api'], { quiet: true })),
  },
  {
    name: 'admin-app',
    inputs: [...COMMON, 'apps/web'],
    outputs: ['apps/web/dist/index.html'],
    run: () =>
      step('Building the admin app', () => bin('vite', ['build', '--logLevel', 'warn'], { cwd: join(ROOT, 'apps/web'), quiet: true })),
  },
];

/**
 * Builds what changed since it was last built.
 *
 * @returns an exit code
 */
export async function build() {
  for (const { name, ...part } of PARTS) {
    const code = await unlessDone(name, part);
    if (code !== 0) return code;
  }
  return 0;
}
